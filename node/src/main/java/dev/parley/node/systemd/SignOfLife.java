package dev.parley.node.systemd;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// Whether the node works, as far as a restart could heal it. May block: then nothing is said, which says
/// enough.
@FunctionalInterface
public interface SignOfLife {

    /// What a restart might heal; empty if the node is alive.
    Optional<String> trouble();

    /// Alive if all are.
    static SignOfLife all(List<SignOfLife> signs) {
        return () -> signs.stream().flatMap(sign -> sign.trouble().stream()).findFirst();
    }

    /// Alive if the admin port, which has its own listener and virtual threads, answers `/livez` in time.
    ///
    /// @param host that the port is bound to
    static SignOfLife adminPort(String host, int port, int limitMillis) {
        return () -> {
            try {
                InetAddress bound = InetAddress.getByName(host);
                InetAddress called = bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
                String name = called.getHostAddress();
                URI uri = new URI("http", null, name, port, "/livez", null, null);
                HttpURLConnection call = (HttpURLConnection) uri.toURL().openConnection(java.net.Proxy.NO_PROXY);
                call.setConnectTimeout(limitMillis);
                call.setReadTimeout(limitMillis);
                try {
                    int status = call.getResponseCode();
                    return status == HttpURLConnection.HTTP_OK
                            ? Optional.empty()
                            : Optional.of("the admin port answers /livez with " + status);
                } finally {
                    call.disconnect();
                }
            } catch (IOException | java.net.URISyntaxException e) {
                return Optional.of("the admin port does not answer /livez: " + e);
            }
        };
    }
}
