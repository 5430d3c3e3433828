package dev.parley.node.doctor;

import dev.parley.node.config.Loopback;
import dev.parley.node.config.NodeConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Whether the ports of a configuration are free, or held by the node that it describes.
public final class PortChecks {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String OF_PARLEY = "parley_uptime_seconds";
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "[::]");

    private record Port(String key, String host, int number) {}

    private PortChecks() {}

    /// A line for each port; port 0 takes any and is left out.
    public static List<Finding> all(NodeConfig config) {
        NodeConfig.ClusterNode self = config.self();
        String peers = Loopback.is(self.host()) ? self.host() : "0.0.0.0";
        List<Port> ports = new ArrayList<>();
        ports.add(new Port("http.port", config.http().host(), config.http().port()));
        ports.add(new Port("admin.port", config.admin().host(), config.admin().port()));
        ports.add(new Port("raft-port", peers, self.raftPort()));
        ports.add(new Port("peer-port", peers, self.peerPort()));
        ports.removeIf(port -> port.number() == 0);
        List<Port> held = ports.stream().filter(port -> !isFree(port)).toList();
        boolean node = !held.isEmpty() && answersAsParley(config.admin());
        return ports.stream()
                .map(port -> finding(port, held.contains(port), node))
                .toList();
    }

    private static Finding finding(Port port, boolean held, boolean node) {
        String check = "port " + port.key();
        String where = "%s:%d".formatted(port.host(), port.number());
        if (!held) {
            return Finding.ok(check, where + " is free");
        }
        return node
                ? Finding.ok(check, where + " is held by a running Parley node")
                : Finding.bad(
                        check,
                        where + " cannot be opened",
                        "see who holds it (ss -ltnp sport = :%d) or whether %s is an address of this host."
                                .formatted(port.number(), port.host()));
    }

    private static boolean isFree(Port port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(port.host(), port.number()));
            return true;
        } catch (IOException _) {
            return false; // which is the answer
        }
    }

    private static boolean answersAsParley(NodeConfig.Admin admin) {
        String host = WILDCARDS.contains(admin.host()) ? "127.0.0.1" : admin.host();
        String bracketed = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        try (HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://%s:%d/metrics".formatted(bracketed, admin.port())))
                    .timeout(PATIENCE)
                    .build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 && answer.body().contains(OF_PARLEY);
        } catch (IOException _) {
            return false; // nobody, or somebody else
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
