package dev.parley.node.edge;

import dev.parley.node.session.RateLimits;
import dev.parley.node.session.SessionSettings;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// What the client port listens on, and its limits.
///
/// @param host the address to bind
/// @param port 0 for any free one
/// @param publicUrl where clients reach the cluster, such as `https://chat.example.com`; if empty, the
///     `Host` of each
///     request
/// @param allowedOrigins the `Origin` values of browsers that may connect; if empty, the server's own host only
/// @param tls what the port shows; empty for plain text
/// @param connectionsMax WebSocket connections at once; more are answered 503
public record EdgeSettings(
        String host,
        int port,
        Optional<URI> publicUrl,
        List<String> allowedOrigins,
        int connectionsMax,
        RateLimits.Settings rates,
        SessionSettings sessions,
        Optional<SSLContext> tls) {
    /// At some 30 KB each, 600 MB: what a small node can spare.
    public static final int CONNECTIONS_MAX_DEFAULT = 20_000;

    private static final int PORT_MAX = 65_535;

    public EdgeSettings {
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("the port must be 0 to " + PORT_MAX + ": " + port);
        }
        if (connectionsMax < 1) {
            throw new IllegalArgumentException("the limit of connections must be 1 or more: " + connectionsMax);
        }
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    /// The defaults on an address.
    public static EdgeSettings at(String host, int port) {
        return new EdgeSettings(
                host,
                port,
                Optional.empty(),
                List.of(),
                CONNECTIONS_MAX_DEFAULT,
                RateLimits.Settings.defaults(),
                SessionSettings.defaults(),
                Optional.empty());
    }

    public EdgeSettings withRates(RateLimits.Settings other) {
        return new EdgeSettings(host, port, publicUrl, allowedOrigins, connectionsMax, other, sessions, tls);
    }

    public EdgeSettings withSessions(SessionSettings other) {
        return new EdgeSettings(host, port, publicUrl, allowedOrigins, connectionsMax, rates, other, tls);
    }

    public EdgeSettings withTls(SSLContext other) {
        return new EdgeSettings(
                host, port, publicUrl, allowedOrigins, connectionsMax, rates, sessions, Optional.of(other));
    }
}
