package dev.parley.node.admin;

import dev.parley.node.config.Loopback;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Turns away callers that should not reach the listener: web pages, names that point here by DNS rebinding, and under
/// `/admin` whoever lacks the token, if one is configured.
final class AdminGuard implements Filter {
    private static final String BEARER = "bearer ";
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "[::]");

    /// What no name server can point elsewhere: an IPv4 address, or an IPv6 address in brackets.
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-fA-F:.]+]");

    private final String configuredHost;
    private final Optional<byte[]> token;

    /// A guard of one listener.
    ///
    /// @param configuredHost the address that the listener is bound to
    AdminGuard(String configuredHost, Optional<String> token) {
        this.configuredHost = configuredHost;
        this.token = token.map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (request.headers().contains(HeaderNames.ORIGIN)) {
            throw new ProblemException(ErrorCode.FORBIDDEN, "The admin port takes no requests from web pages.");
        }
        String host = hostName(request.headers().first(HeaderNames.HOST).orElse(""));
        if (!isOurs(host)) {
            throw new ProblemException(
                    ErrorCode.FORBIDDEN,
                    "The admin port must be called by a loopback name or its configured address, not \"" + host
                            + "\".");
        }
        String path = request.path().path();
        if (token.isPresent() && (path.equals("/admin") || path.startsWith("/admin/"))) {
            checkToken(token.get(), request.headers().first(HeaderNames.AUTHORIZATION));
        }
        chain.proceed();
        if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("the client asked for it"); // Helidon only says so in the response
        }
    }

    private boolean isOurs(String host) {
        return Loopback.is(host)
                || host.equalsIgnoreCase(configuredHost)
                || host.equalsIgnoreCase("[" + configuredHost + "]")
                || (WILDCARDS.contains(configuredHost) && ADDRESS.matcher(host).matches());
    }

    /// The Host header without its port.
    private static String hostName(String host) {
        return host.replaceFirst(":[0-9]*$", "");
    }

    private static void checkToken(byte[] expected, Optional<String> authorization) {
        String header = authorization.orElseThrow(() -> new ProblemException(
                ErrorCode.TOKEN_MISSING, "This port needs Authorization: Bearer with the admin token."));
        boolean bearer = header.regionMatches(true, 0, BEARER, 0, BEARER.length());
        String given = bearer ? header.substring(BEARER.length()).strip() : "";
        if (!MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8))) {
            throw new ProblemException(ErrorCode.TOKEN_INVALID, "The token is not the one in admin.token-file.");
        }
    }
}
