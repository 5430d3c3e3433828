package dev.parley.cli.dev;

import dev.parley.cli.CommandFailed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// Which nodes a development cluster has, where they listen and where their files are. Node k (from 0) is called
/// `n(k+1)` and listens on HTTP P+k, admin P+1000+k, Raft P+2000+k and peer P+3000+k.
///
/// @param httpPort P, the HTTP port of the first node
public record DevPlan(Path folder, int nodes, int httpPort, int partitions) {

    static final int NODES_MAX = 9;
    static final int PARTITIONS_MAX = 64;
    private static final int ADMIN_OFFSET = 1_000;
    private static final int RAFT_OFFSET = 2_000;
    private static final int PEER_OFFSET = 3_000;
    private static final int PORT_MAX = 65_535;

    public DevPlan {
        if (nodes < 1 || nodes > NODES_MAX) {
            throw CommandFailed.mistake("--nodes must be 1 to " + NODES_MAX + ", not " + nodes + ".");
        }
        if (partitions < 1 || partitions > PARTITIONS_MAX) {
            throw CommandFailed.mistake("--partitions must be 1 to " + PARTITIONS_MAX + ", not " + partitions + ".");
        }
        if (httpPort < 1 || httpPort + PEER_OFFSET + nodes - 1 > PORT_MAX) {
            throw CommandFailed.mistake("--http-port must be 1 to " + (PORT_MAX - PEER_OFFSET - nodes + 1)
                    + ", because ports up to 3000 above it are used too; it is " + httpPort + ".");
        }
    }

    public List<DevNode> all() {
        return IntStream.range(0, nodes)
                .mapToObj(index -> new DevNode(this, index))
                .toList();
    }

    Path secretFile() {
        return folder.resolve("cluster.secret");
    }

    /// Refuses the plan if one of its ports is taken.
    void requireFreePorts() {
        for (DevNode node : all()) {
            node.requireFreePorts();
        }
    }

    /// One node of the plan.
    ///
    /// @param index from 0
    public record DevNode(DevPlan plan, int index) {

        public String id() {
            return "n" + (index + 1);
        }

        int httpPort() {
            return plan.httpPort + index;
        }

        int adminPort() {
            return plan.httpPort + ADMIN_OFFSET + index;
        }

        private void requireFreePorts() {
            for (int port : ports()) {
                try (ServerSocket probe = new ServerSocket()) {
                    probe.setReuseAddress(true);
                    probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                } catch (IOException e) {
                    throw CommandFailed.mistake("port " + port + " on 127.0.0.1, which node " + id()
                            + " needs, is in use: stop what uses it, or choose another --http-port.");
                }
            }
        }

        int raftPort() {
            return plan.httpPort + RAFT_OFFSET + index;
        }

        int peerPort() {
            return plan.httpPort + PEER_OFFSET + index;
        }

        List<Integer> ports() {
            return List.of(httpPort(), adminPort(), raftPort(), peerPort());
        }

        public URI httpUrl() {
            return URI.create("http://127.0.0.1:" + httpPort());
        }

        URI adminUrl() {
            return URI.create("http://127.0.0.1:" + adminPort());
        }

        URI readyUrl() {
            return URI.create("http://127.0.0.1:" + adminPort() + "/readyz");
        }

        Path folder() {
            return plan.folder.resolve(id());
        }

        Path configFile() {
            return folder().resolve("node.yaml");
        }

        Path dataFolder() {
            return folder().resolve("data");
        }

        Path logFile() {
            return folder().resolve("log").resolve("node.log");
        }

        /// The node's configuration file. Rate limits are off: this is for trying and measuring on one machine.
        String configYaml() {
            StringBuilder yaml = new StringBuilder(1_024);
            yaml.append("# Written by `parley dev` at each start: changes made here are lost.\n");
            yaml.append("node:\n  id: ").append(id()).append('\n');
            yaml.append("  data-dir: ").append(quoted(dataFolder())).append('\n');
            yaml.append("cluster:\n  name: dev\n  secret-file: ").append(quoted(plan.secretFile()));
            yaml.append("\n  partitions: ").append(plan.partitions).append("\n  nodes:\n");
            for (DevNode node : plan.all()) {
                yaml.append("    - {id: ").append(node.id()).append(", host: 127.0.0.1, raft-port: ");
                yaml.append(node.raftPort()).append(", peer-port: ").append(node.peerPort());
                yaml.append(", http-url: \"").append(node.httpUrl()).append("\"}\n");
            }
            yaml.append("http:\n  host: 127.0.0.1\n  port: ").append(httpPort());
            yaml.append("\n  allow-plain-text: true\n");
            yaml.append("admin:\n  host: 127.0.0.1\n  port: ")
                    .append(adminPort())
                    .append('\n');
            yaml.append("limits:\n  sends-per-second: 0\n  requests-per-second: 0\n");
            return yaml.toString();
        }

        private static String quoted(Path path) {
            return "\"" + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        }
    }
}
