package dev.parley.node.push;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Checks what a client registers as its endpoint. Asks nobody: names are resolved, and their addresses checked, when
/// something is sent.
public final class EndpointRules {
    private static final int URL_LENGTH_MAX = 2_048;
    private static final int AUTH_BYTES = 16;
    private static final Pattern APNS_TOKEN = Pattern.compile("(?:[0-9a-fA-F]{2}){32,100}");
    private static final Pattern FCM_TOKEN = Pattern.compile("[A-Za-z0-9_:.%=~-]{16,4096}");
    private static final Pattern LOCAL_NAME =
            Pattern.compile("(?:.*\\.)?(?:localhost|local|localdomain|internal|intranet|lan|home\\.arpa)\\.?");

    private final boolean allowPrivateAddresses;

    /// Rules for one configuration.
    ///
    /// @param allowPrivateAddresses also addresses of this machine and its network; for tests only
    public EndpointRules(boolean allowPrivateAddresses) {
        this.allowPrivateAddresses = allowPrivateAddresses;
    }

    /// What is wrong, by field; empty when nothing is.
    public List<FieldProblem> check(PushEndpoint endpoint) {
        List<FieldProblem> problems = new ArrayList<>();
        switch (endpoint.provider()) {
            case APNS ->
                checkToken(
                        endpoint, APNS_TOKEN, "must be an APNs device token: 64 to 200 hexadecimal digits", problems);
            case FCM ->
                checkToken(endpoint, FCM_TOKEN, "must be an FCM registration token of 16 to 4096 characters", problems);
            case WEBPUSH -> {
                urlProblem(endpoint.token()).ifPresent(reason -> problems.add(new FieldProblem("token", reason)));
                endpoint.keys()
                        .ifPresentOrElse(
                                keys -> checkKeys(keys, problems),
                                () -> problems.add(new FieldProblem("keys", "must be given for webpush")));
            }
        }
        return List.copyOf(problems);
    }

    private static void checkToken(PushEndpoint endpoint, Pattern pattern, String reason, List<FieldProblem> problems) {
        if (!pattern.matcher(endpoint.token()).matches()) {
            problems.add(new FieldProblem("token", reason));
        }
        if (endpoint.keys().isPresent()) {
            problems.add(new FieldProblem("keys", "must be given for webpush only"));
        }
    }

    private static void checkKeys(WebPushKeys keys, List<FieldProblem> problems) {
        if (decode(keys.p256dh()).flatMap(P256::decode).isEmpty()) {
            problems.add(new FieldProblem("keys.p256dh", "must be an uncompressed point of P-256 in base64url"));
        }
        if (decode(keys.auth()).filter(auth -> auth.length == AUTH_BYTES).isEmpty()) {
            problems.add(new FieldProblem("keys.auth", "must be 16 bytes in base64url"));
        }
    }

    private static Optional<byte[]> decode(String base64Url) {
        try {
            return Optional.of(Base64.getUrlDecoder().decode(base64Url));
        } catch (IllegalArgumentException _) {
            return Optional.empty(); // the caller says what it must be
        }
    }

    private Optional<String> urlProblem(String token) {
        if (token.length() > URL_LENGTH_MAX) {
            return Optional.of("must have at most " + URL_LENGTH_MAX + " characters");
        }
        URI url;
        try {
            url = new URI(token);
        } catch (URISyntaxException _) {
            return Optional.of("must be a URL");
        }
        if (!"https".equals(url.getScheme()) || url.getHost() == null) {
            return Optional.of("must be a URL that begins with https:// and has a host");
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null || url.getPort() == 0) {
            return Optional.of("must be a URL without user and fragment");
        }
        return allowPrivateAddresses || !isLocal(url.getHost())
                ? Optional.empty()
                : Optional.of("must lead to a public address");
    }

    private static boolean isLocal(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        Optional<InetAddress> address = literal(name);
        return address.map(literal -> !PublicAddresses.contain(literal))
                .orElseGet(() -> !name.contains(".") || LOCAL_NAME.matcher(name).matches());
    }

    private static Optional<InetAddress> literal(String host) {
        boolean inBrackets = host.startsWith("[") && host.endsWith("]");
        try {
            return Optional.of(InetAddress.ofLiteral(inBrackets ? host.substring(1, host.length() - 1) : host));
        } catch (IllegalArgumentException _) {
            return Optional.empty(); // a name
        }
    }
}
