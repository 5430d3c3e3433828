package dev.parley.node.config;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Finds out that a port is taken before anything is opened, while its key is still known.
///
/// Somebody may take a port between this and the real listener, which then fails with a worse sentence; nothing is
/// lost.
public final class PortCheck {
    private PortCheck() {}

    /// Tries all four ports of the node.
    ///
    /// @throws StartupException with the port and the key
    public static void requireFree(NodeConfig config) {
        NodeConfig.ClusterNode self = config.self();
        String inner = "of cluster.nodes " + self.id();
        requireFree("http.port", config.http().host(), config.http().port());
        requireFree("admin.port", config.admin().host(), config.admin().port());
        requireFree("raft-port " + inner, peerHost(self), self.raftPort());
        requireFree("peer-port " + inner, peerHost(self), self.peerPort());
    }

    /// A node's host is what the others call it; behind a name it may listen on any address.
    private static String peerHost(NodeConfig.ClusterNode self) {
        return Loopback.is(self.host()) ? self.host() : "0.0.0.0";
    }

    private static void requireFree(String key, String host, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new StartupException("the host \"%s\" next to %s has no address.".formatted(host, key));
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (BindException e) {
            throw new StartupException(
                    "the port %d (%s) on %s cannot be opened (%s); stop what uses it, or configure another."
                            .formatted(port, key, host, Reason.of(e)),
                    e);
        } catch (IOException e) {
            throw new StartupException(
                    "the port %d (%s) on %s cannot be opened (%s).".formatted(port, key, host, Reason.of(e)), e);
        }
    }
}
