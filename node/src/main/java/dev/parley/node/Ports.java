package dev.parley.node;

import dev.parley.node.config.StartupException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Looks whether a port can be opened before the libraries try, which report it in their own ways or only in a log.
final class Ports {
    private Ports() {}

    /// Opens and closes the port.
    ///
    /// @param key the setting that names the port
    /// @throws StartupException naming port and key
    static void requireFree(String host, int port, String key) {
        InetSocketAddress address = address(host, port);
        if (address.isUnresolved()) {
            throw new StartupException("the host '%s' of %s cannot be resolved".formatted(host, key));
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (IOException e) {
            throw new StartupException(
                    "port %d of %s (%s) cannot be opened: %s; stop what uses it or choose another"
                            .formatted(port, host, key, e.getMessage()),
                    e);
        }
    }

    // One address is what a listener binds.
    @SuppressWarnings("AddressSelection")
    static InetSocketAddress address(String host, int port) {
        return new InetSocketAddress(host, port);
    }
}
