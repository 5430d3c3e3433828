package dev.parley.client;

import dev.parley.protocol.Rest;
import java.net.URI;
import java.net.URISyntaxException;

/// What bootstrap gave: who the caller is, and the token for all further calls.
///
/// @param node the base URL that answered
record Session(URI node, Rest.BootstrapResponse response) {

    /// Where the WebSocket of a node is: as the node said, or else at the usual path of its base URL. The session
    /// token is good on every node of the cluster.
    URI webSocketAt(URI base) {
        return base.equals(node) ? URI.create(response.websocketUrl()) : usualWebSocket(base);
    }

    private static URI usualWebSocket(URI base) {
        String scheme = "https".equals(base.getScheme()) ? "wss" : "ws";
        try {
            return new URI(scheme, null, base.getHost(), base.getPort(), "/connect", null, null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not the base URL of a node: " + base, e);
        }
    }
}
