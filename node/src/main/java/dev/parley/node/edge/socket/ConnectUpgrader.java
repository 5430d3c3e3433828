package dev.parley.node.edge.socket;

import dev.parley.node.auth.SessionClaims;
import dev.parley.node.auth.TokenAuthority;
import dev.parley.node.gate.GateException;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Problem;
import dev.parley.protocol.json.RestJson;
import io.helidon.common.buffers.BufferData;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.websocket.WsConfig;
import io.helidon.webserver.websocket.WsUpgrader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The handshake of `/connect`: who is it, from which page, is there room; only then the protocol changes.
///
/// Runs on the connection's thread before any HTTP routing. A refusal is a real HTTP response with a problem
/// object, after which the connection is closed.
public final class ConnectUpgrader extends WsUpgrader {
    public static final String PATH = "/connect";

    private static final int UNAUTHORIZED = 401;
    private static final String SUBPROTOCOL = "parley.v1";
    private static final String TOKEN_SUBPROTOCOL = "bearer.";
    private static final String BEARER = "Bearer ";

    private final String upgradeName;
    private final TokenAuthority tokens;
    private final List<String> allowedOrigins;
    private final SocketParts parts;
    private final ConnectionCount count;

    /// Who may connect.
    public record Admission(TokenAuthority tokens, List<String> allowedOrigins, ConnectionCount count) {}

    /// Answers to one spelling of `Upgrade: websocket`.
    ///
    /// @param upgradeName the value of the `Upgrade` header that it answers to; Helidon compares it to the letter
    public ConnectUpgrader(String upgradeName, Admission admission, SocketParts parts) {
        super(WsConfig.create());
        this.upgradeName = upgradeName;
        this.tokens = admission.tokens();
        this.allowedOrigins = admission.allowedOrigins();
        this.count = admission.count();
        this.parts = parts;
    }

    @Override
    public String supportedProtocol() {
        return upgradeName;
    }

    @Override
    public @Nullable ServerConnection upgrade(
            ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
        if (!prologue.uriPath().path().equals(PATH) || !prologue.method().text().equals("GET")) {
            return null; // an ordinary request to the ordinary routes, which say what is wrong
        }
        try {
            requireOrigin(headers);
            String accept = accept(context, headers);
            requireSubprotocol(headers);
            SessionClaims claims = tokens.verifySession(token(headers));
            parts.devices().requireValid(claims);
            count.enter();
            return switched(context, headers, accept, claims);
        } catch (ProblemException e) {
            refuse(context, counted(context, e.problem()));
        } catch (GateException e) {
            refuse(context, Problems.of(e));
        }
        throw new CloseConnectionException("handshake refused");
    }

    /// Whoever is turned away too often is told so instead.
    private Problem counted(ConnectionContext context, Problem problem) {
        try {
            parts.services().rates().stranger(context.remotePeer().host());
            return problem;
        } catch (ProblemException tooOften) {
            return tooOften.problem();
        }
    }

    private ServerConnection switched(
            ConnectionContext context, WritableHeaders<?> headers, String accept, SessionClaims claims) {
        StringBuilder response = new StringBuilder(SWITCHING_PROTOCOL_PREFIX).append(accept);
        if (subprotocols(headers).contains(SUBPROTOCOL)) {
            response.append("\r\nSec-WebSocket-Protocol: ").append(SUBPROTOCOL);
        }
        response.append(SWITCHING_PROTOCOLS_SUFFIX);
        try {
            write(context, response.toString().getBytes(StandardCharsets.US_ASCII));
        } catch (RuntimeException e) {
            count.leave();
            throw e;
        }
        return new SocketConnection(context, claims, parts, count);
    }

    private void requireOrigin(WritableHeaders<?> headers) {
        Optional<String> origin = first(headers, HeaderNames.ORIGIN);
        if (origin.isEmpty()) {
            return; // no browser: the token is all that counts
        }
        boolean allowed = allowedOrigins.isEmpty()
                ? isSameHost(origin.get(), first(headers, HeaderNames.HOST).orElse(""))
                : allowedOrigins.contains(origin.get());
        if (!allowed) {
            throw new ProblemException(
                    ErrorCode.FORBIDDEN, "Pages of this Origin may not connect; the node's settings can allow it.");
        }
    }

    private static boolean isSameHost(String origin, String host) {
        try {
            return host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private String accept(ConnectionContext context, WritableHeaders<?> headers) {
        String version = first(headers, WS_VERSION).orElse("");
        if (!SUPPORTED_VERSION.equals(version)) {
            throw new ProblemException(ErrorCode.MALFORMED, "Sec-WebSocket-Version must be " + SUPPORTED_VERSION + ".");
        }
        String key = first(headers, WS_KEY).orElse("");
        try {
            return hash(context, key);
        } catch (RequestException | IllegalArgumentException _) {
            throw new ProblemException(ErrorCode.MALFORMED, "Sec-WebSocket-Key must be 16 bytes in Base64.");
        }
    }

    /// Whoever speaks of subprotocols must speak ours; tools that speak of none, such as websocat, may connect.
    private static void requireSubprotocol(WritableHeaders<?> headers) {
        List<String> offered = subprotocols(headers);
        if (!offered.isEmpty() && !offered.contains(SUBPROTOCOL)) {
            throw new ProblemException(
                    ErrorCode.MALFORMED,
                    "Sec-WebSocket-Protocol must offer " + SUBPROTOCOL + ", the only one that is spoken here.");
        }
    }

    private static Optional<String> token(WritableHeaders<?> headers) {
        Optional<String> header = first(headers, HeaderNames.AUTHORIZATION);
        if (header.isPresent()) {
            return header.filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                    .map(value -> value.substring(BEARER.length()).strip());
        }
        return subprotocols(headers).stream()
                .filter(name -> name.startsWith(TOKEN_SUBPROTOCOL))
                .map(name -> name.substring(TOKEN_SUBPROTOCOL.length()))
                .findFirst();
    }

    private static List<String> subprotocols(WritableHeaders<?> headers) {
        return headers.all(PROTOCOL, List::of).stream()
                .flatMap(value -> Stream.of(value.split(",")))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static Optional<String> first(WritableHeaders<?> headers, HeaderName name) {
        return headers.contains(name) ? Optional.of(headers.get(name).get()) : Optional.empty();
    }

    private static void refuse(ConnectionContext context, Problem problem) {
        byte[] body = RestJson.encode(problem);
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(problem.code().status())
                .append(" Refused\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: ")
                .append(body.length);
        if (problem.code().status() == UNAUTHORIZED) {
            head.append("\r\nWWW-Authenticate: Bearer");
        }
        problem.retryAfterMillis()
                .ifPresent(millis -> head.append("\r\nRetry-After: ").append(Math.ceilDiv(millis, 1_000)));
        head.append("\r\n\r\n");
        byte[] headBytes = head.toString().getBytes(StandardCharsets.US_ASCII);
        byte[] response = new byte[headBytes.length + body.length];
        System.arraycopy(headBytes, 0, response, 0, headBytes.length);
        System.arraycopy(body, 0, response, headBytes.length, body.length);
        write(context, response);
    }

    private static void write(ConnectionContext context, byte[] bytes) {
        context.dataWriter().writeNow(BufferData.create(bytes));
    }
}
