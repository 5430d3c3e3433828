package dev.parley.jepsen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/// Some nodes on this machine, each a process with its own folder and four free ports.
public final class LocalCluster implements AutoCloseable {

    private static final Duration READY_PATIENCE = Duration.ofMinutes(4);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(10);
    private static final long POLL_NANOS = 200_000_000;
    static final int PARTITIONS = 4;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final List<Ports> ports;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private LocalCluster(Path folder, List<Ports> ports) {
        this.folder = folder;
        this.ports = List.copyOf(ports);
    }

    /// Starts nodes in a folder and returns when all are ready.
    public static LocalCluster start(Path folder, int nodeCount) throws InterruptedException {
        return start(folder, nodeCount, "");
    }

    /// Starts nodes with some more settings.
    ///
    /// @param moreYaml sections of the configuration file
    public static LocalCluster start(Path folder, int nodeCount, String moreYaml) throws InterruptedException {
        LocalCluster cluster = new LocalCluster(folder, Ports.free(nodeCount));
        NodeProcess.Build build = NodeProcess.Build.fromSystemProperties();
        try {
            Path secret = cluster.writeSecret(folder);
            for (int index = 0; index < nodeCount; index++) {
                Path home = Files.createDirectories(folder.resolve(id(index)));
                Path config = Files.writeString(
                        home.resolve("node.yaml"), cluster.configYaml(index, home, secret) + moreYaml);
                cluster.nodes.add(NodeProcess.start(id(index), config, home.resolve("node.log"), build));
            }
            for (int index = 0; index < nodeCount; index++) {
                cluster.awaitReady(index);
            }
            return cluster;
        } catch (IOException e) {
            cluster.close();
            throw new UncheckedIOException("cannot set the cluster up in " + folder, e);
        } catch (RuntimeException | InterruptedException e) {
            cluster.close();
            throw e;
        }
    }

    /// The base URLs of the nodes.
    public List<URI> urls() {
        return ports.stream().map(Ports::httpUrl).toList();
    }

    /// The node that leads most partitions.
    public int mostLeading() throws InterruptedException {
        int[] led = new int[ports.size()];
        HttpRequest request = HttpRequest.newBuilder(ports.getFirst().adminUrl("/admin/v1/status"))
                .timeout(ANSWER_PATIENCE)
                .build();
        try {
            String body =
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body();
            for (JsonNode partition : JSON.readTree(body).path("partitions")) {
                for (int index = 0; index < led.length; index++) {
                    led[index] += id(index).equals(partition.path("leader").asText()) ? 1 : 0;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("node " + id(0) + " does not tell who leads", e);
        }
        int most = 0;
        for (int index = 1; index < led.length; index++) {
            most = led[index] > led[most] ? index : most;
        }
        return most;
    }

    /// Kills a node (SIGKILL).
    public void kill(int index) throws InterruptedException {
        nodes.get(index).kill();
    }

    /// Starts a killed node again; it is ready some time later.
    public void restart(int index) {
        nodes.get(index).restart();
    }

    /// Where a node keeps all that it must not lose.
    public Path dataDirectory(int index) {
        return folder.resolve(id(index)).resolve("data");
    }

    /// Waits until a node that lost replicas has them back: it says so of each in its log, it is ready, and every
    /// node sees all nodes among the voters of every group.
    ///
    /// @param lost how many replicas it must have brought back since the cluster was started
    public void awaitRepaired(int index, int lost) throws InterruptedException {
        NodeProcess node = nodes.get(index);
        long deadline = System.nanoTime() + READY_PATIENCE.toNanos();
        // The voters are listed as soon as the change is proposed; the log says that it is done.
        while (node.groupsBack().size() < lost || !isReady(index) || !allReplicasVote()) {
            if (!node.isAlive() || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("node " + node.id() + " did not get " + lost + " replicas back, only "
                        + node.groupsBack() + "; the logs end with:\n" + lastWords());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /// Waits until a node says that it is ready.
    public void awaitReady(int index) throws InterruptedException {
        NodeProcess node = nodes.get(index);
        long deadline = System.nanoTime() + READY_PATIENCE.toNanos();
        while (!isReady(index)) {
            if (!node.isAlive() || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(
                        "node " + node.id() + (node.isAlive() ? " was not ready in time" : " ended")
                                + "; its log ends with:\n" + node.lastWords());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /// A bearer token for a user, whose account is made if there is none; from the first node that answers.
    public String token(String userId) throws InterruptedException {
        String body = JSON.createObjectNode()
                .put("userId", userId)
                .put("ttlSeconds", 3_600)
                .toString();
        IOException last = new IOException("no nodes");
        for (Ports node : ports) {
            HttpRequest request = HttpRequest.newBuilder(node.adminUrl("/admin/v1/tokens"))
                    .timeout(ANSWER_PATIENCE)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            try {
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                JsonNode answer = JSON.readTree(response.body());
                if (response.statusCode() / 100 == 2) {
                    return answer.path("token").asText();
                }
                last = new IOException("HTTP " + response.statusCode() + ": " + response.body());
            } catch (IOException e) {
                last = e;
            }
        }
        throw new UncheckedIOException("no node gave a token for " + userId, last);
    }

    /// The ends of all logs, for the report of a failure.
    public String lastWords() {
        StringBuilder words = new StringBuilder();
        nodes.forEach(node -> words.append("--- ")
                .append(node.id())
                .append('\n')
                .append(node.lastWords())
                .append('\n'));
        return words.toString();
    }

    @Override
    public void close() {
        try {
            for (NodeProcess node : nodes) {
                node.stop(STOP_PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the nodes end by themselves when this process does
        }
        http.shutdownNow();
    }

    private boolean isReady(int index) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(ports.get(index).adminUrl("/readyz"))
                .timeout(ANSWER_PATIENCE)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // it does not listen yet: asked again until the deadline, which tells the log
        }
    }

    private boolean allReplicasVote() throws InterruptedException {
        for (Ports node : ports) {
            HttpRequest request = HttpRequest.newBuilder(node.adminUrl("/admin/v1/status"))
                    .timeout(ANSWER_PATIENCE)
                    .build();
            try {
                String body =
                        http.send(request, HttpResponse.BodyHandlers.ofString()).body();
                JsonNode partitions = JSON.readTree(body).path("partitions");
                if (partitions.size() != PARTITIONS) {
                    return false;
                }
                for (JsonNode partition : partitions) {
                    boolean running = "RUNNING".equals(partition.path("state").asText());
                    if (!running || partition.path("replicas").size() != ports.size()) {
                        return false;
                    }
                }
            } catch (IOException e) {
                return false; // it does not answer yet: asked again until the deadline, which tells the log
            }
        }
        return true;
    }

    private static String id(int index) {
        return "n" + (index + 1);
    }

    private Path writeSecret(Path folder) throws IOException {
        byte[] secret = new byte[32];
        new SplittableRandom().nextBytes(secret);
        Path file = Files.createFile(
                folder.resolve("cluster.secret"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, HexFormat.of().formatHex(secret) + "\n");
    }

    private String configYaml(int index, Path home, Path secret) {
        StringBuilder yaml = new StringBuilder(1_024);
        yaml.append("node: {id: ").append(id(index)).append(", data-dir: \"").append(home.resolve("data"));
        yaml.append("\"}\ncluster:\n  name: jepsen\n  partitions: ").append(PARTITIONS);
        yaml.append("\n  secret-file: \"").append(secret).append("\"\n  nodes:\n");
        for (int other = 0; other < ports.size(); other++) {
            Ports at = ports.get(other);
            yaml.append("    - {id: ")
                    .append(id(other))
                    .append(", host: 127.0.0.1, raft-port: ")
                    .append(at.raft());
            yaml.append(", peer-port: ")
                    .append(at.peer())
                    .append(", http-url: \"")
                    .append(at.httpUrl())
                    .append("\"}\n");
        }
        Ports own = ports.get(index);
        yaml.append("http: {host: 127.0.0.1, port: ").append(own.http()).append(", allow-plain-text: true}\n");
        yaml.append("admin: {host: 127.0.0.1, port: ").append(own.admin()).append("}\n");
        yaml.append("limits: {sends-per-second: 0, requests-per-second: 0}\n");
        return yaml.toString();
    }

    /// Where one node listens, on the loopback.
    private record Ports(int http, int admin, int raft, int peer) {

        /// Free now; held open together while they are chosen, so that no two are the same.
        static List<Ports> free(int nodeCount) {
            List<ServerSocket> probes = new ArrayList<>();
            try {
                for (int i = 0; i < nodeCount * 4; i++) {
                    probes.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
                }
                List<Ports> ports = new ArrayList<>();
                for (int i = 0; i < probes.size(); i += 4) {
                    ports.add(new Ports(
                            probes.get(i).getLocalPort(),
                            probes.get(i + 1).getLocalPort(),
                            probes.get(i + 2).getLocalPort(),
                            probes.get(i + 3).getLocalPort()));
                }
                for (ServerSocket probe : probes) {
                    probe.close();
                }
                return ports;
            } catch (IOException e) {
                throw new UncheckedIOException("no free ports", e);
            }
        }

        URI httpUrl() {
            return URI.create("http://127.0.0.1:" + http);
        }

        URI adminUrl(String path) {
            return URI.create("http://127.0.0.1:" + admin + path);
        }
    }
}
