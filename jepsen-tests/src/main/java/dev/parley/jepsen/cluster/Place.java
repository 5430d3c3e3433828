package dev.parley.jepsen.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where one node runs.
///
/// @param host its address
/// @param data all that it must not lose
/// @param enter the command that its JVM is started by, such as what enters a network namespace; empty for none
record Place(String host, int http, int admin, int raft, int peer, Path data, List<String> enter) {

    Place {
        enter = List.copyOf(enter);
    }

    /// On the loopback, at ports that are free now; held open together while they are chosen, so that no two
    /// are the
    /// same.
    static List<Place> onLoopback(Path folder, int nodeCount) {
        List<ServerSocket> probes = new ArrayList<>();
        try {
            for (int i = 0; i < nodeCount * 4; i++) {
                probes.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Place> places = new ArrayList<>();
            for (int i = 0; i < probes.size(); i += 4) {
                places.add(new Place(
                        "127.0.0.1",
                        probes.get(i).getLocalPort(),
                        probes.get(i + 1).getLocalPort(),
                        probes.get(i + 2).getLocalPort(),
                        probes.get(i + 3).getLocalPort(),
                        folder.resolve("n" + (i / 4 + 1)).resolve("data"),
                        List.of()));
            }
            for (ServerSocket probe : probes) {
                probe.close();
            }
            return places;
        } catch (IOException e) {
            throw new UncheckedIOException("no free ports", e);
        }
    }

    boolean isLoopback() {
        return host.equals("127.0.0.1");
    }

    URI httpUrl() {
        return URI.create("http://" + host + ":" + http);
    }

    URI adminUrl(String path) {
        return URI.create("http://" + host + ":" + admin + path);
    }
}
