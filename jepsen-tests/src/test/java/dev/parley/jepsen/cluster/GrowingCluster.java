package dev.parley.jepsen.cluster;

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
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// A cluster that begins with one node, and is changed through its admin API.
final class GrowingCluster implements AutoCloseable {
    static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final Path secret;
    private final List<int[]> ports = new ArrayList<>();
    private final Map<Integer, NodeProcess> nodes = new TreeMap<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    /// Chooses ports for so many nodes; none is started.
    GrowingCluster(Path folder, int most) throws IOException {
        this.folder = folder;
        this.secret = privateFile(folder.resolve("cluster.secret"), random());
        List<ServerSocket> probes = new ArrayList<>();
        for (int i = 0; i < most * 4; i++) {
            probes.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        for (int i = 0; i < most * 4; i += 4) {
            ports.add(new int[] {
                probes.get(i).getLocalPort(),
                probes.get(i + 1).getLocalPort(),
                probes.get(i + 2).getLocalPort(),
                probes.get(i + 3).getLocalPort()
            });
        }
        for (ServerSocket probe : probes) {
            probe.close();
        }
    }

    List<URI> urls() {
        return ports.stream()
                .map(own -> URI.create("http://127.0.0.1:" + own[0]))
                .toList();
    }

    URI url(int node) {
        return urls().get(node - 1);
    }

    /// Starts the node that founds the cluster.
    void found(int node) throws IOException, InterruptedException {
        launch(node, "");
        awaitReady(node);
    }

    /// Starts a node that joins by another one, with a fresh token.
    void join(int node, int by) throws IOException, InterruptedException {
        String token = post("/admin/v1/cluster/join-tokens", by).path("token").asText();
        joinWith(node, by, token);
        awaitReady(node);
    }

    /// Starts a node with some token; returns at once.
    NodeProcess joinWith(int node, int by, String token) throws IOException {
        Path file = privateFile(folder.resolve("join-" + node), token);
        return launch(
                node, "  join: {address: \"127.0.0.1:" + ports.get(by - 1)[3] + "\", token-file: \"" + file + "\"}\n");
    }

    private NodeProcess launch(int node, String join) throws IOException {
        Path config = configure(node, join);
        NodeProcess process = NodeProcess.start(
                "n" + node, config, config.resolveSibling("node.log"), NodeProcess.Build.fromSystemProperties());
        nodes.put(node, process);
        return process;
    }

    /// Where the secret of the cluster is.
    Path secret() {
        return secret;
    }

    /// Writes the settings of a node.
    ///
    /// @param join the section about joining; empty for a node that founds the cluster
    Path configure(int node, String join) throws IOException {
        int[] own = ports.get(node - 1);
        Path home = Files.createDirectories(folder.resolve("n" + node));
        String yaml = """
                node: {id: n%1$d, data-dir: "%2$s/data"}
                cluster:
                  name: jepsen
                  partitions: %3$d
                  secret-file: "%4$s"
                  nodes:
                    - {id: n%1$d, host: 127.0.0.1, raft-port: %5$d, peer-port: %6$d, http-url: "http://127.0.0.1:%7$d"}
                %8$shttp: {host: 127.0.0.1, port: %7$d}
                admin: {host: 127.0.0.1, port: %9$d}
                limits: {sends-per-second: 0, requests-per-second: 0}
                """.formatted(node, home, PARTITIONS, secret, own[2], own[3], own[0], join, own[1]);
        return Files.writeString(home.resolve("node.yaml"), yaml);
    }

    void kill(int node) throws InterruptedException {
        process(node).kill();
    }

    void restart(int node) {
        process(node).restart();
    }

    /// Stops a node in order; it is of the cluster no more.
    void stop(int node) throws InterruptedException {
        process(node).stop(Duration.ofSeconds(20));
        nodes.remove(node);
    }

    /// Stops a node in order; it can be started again.
    void stopKept(int node) throws InterruptedException {
        process(node).stop(Duration.ofSeconds(20));
    }

    /// Where a node has its files.
    Path home(int node) {
        return folder.resolve("n" + node);
    }

    private NodeProcess process(int node) {
        NodeProcess process = nodes.get(node);
        if (process == null) {
            throw new IllegalArgumentException("n" + node + " does not run");
        }
        return process;
    }

    void awaitReady(int node) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!ready(node)) {
            if (!process(node).isAlive() || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("n" + node + " is not ready:\n" + lastWords());
            }
            LockSupport.parkNanos(200_000_000);
        }
    }

    private boolean ready(int node) throws InterruptedException {
        try {
            return http.send(request("/readyz", node).GET().build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false; // it does not listen yet
        }
    }

    /// The cluster as a node knows it.
    JsonNode picture(int at) throws IOException, InterruptedException {
        return get("/admin/v1/cluster", at);
    }

    /// Waits for the cluster to be in a state, as some node that answers sees it.
    JsonNode await(String what, int at, Predicate<JsonNode> reached) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String last = "no answer";
        while (System.nanoTime() - deadline < 0) {
            try {
                JsonNode picture = picture(at);
                last = picture.toString();
                if (reached.test(picture)) {
                    return picture;
                }
            } catch (IOException e) {
                last = e.toString();
            }
            LockSupport.parkNanos(300_000_000);
        }
        throw new IllegalStateException(
                "the cluster did not get there: " + what + "; last: " + last + "\n" + lastWords());
    }

    /// Whether no job is open and every group has so many sound voters.
    static boolean settled(JsonNode picture, int voters) {
        for (JsonNode job : picture.path("jobs")) {
            if (job.path("endedMillis").asLong() == 0) {
                return false;
            }
        }
        for (JsonNode group : picture.path("groups")) {
            if (group.path("voters").size() != voters || !group.path("troubles").isEmpty()) {
                return false;
            }
        }
        return picture.path("groups").size() == PARTITIONS + 1;
    }

    JsonNode get(String path, int at) throws IOException, InterruptedException {
        return answer(http.send(request(path, at).GET().build(), HttpResponse.BodyHandlers.ofString()));
    }

    JsonNode post(String path, int at) throws IOException, InterruptedException {
        return answer(raw(path, at));
    }

    HttpResponse<String> raw(String path, int at) throws IOException, InterruptedException {
        return http.send(
                request(path, at)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    JsonNode delete(String path, int at) throws IOException, InterruptedException {
        return answer(http.send(request(path, at).DELETE().build(), HttpResponse.BodyHandlers.ofString()));
    }

    String token(String user, int at) throws IOException, InterruptedException {
        return answer(http.send(
                        request("/admin/v1/tokens", at)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"userId\": \"" + user + "\", \"ttlSeconds\": 7200}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()))
                .path("token")
                .asText();
    }

    private static JsonNode answer(HttpResponse<String> response) throws IOException {
        if (response.statusCode() / 100 != 2) {
            throw new IOException("HTTP " + response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    private HttpRequest.Builder request(String path, int node) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.get(node - 1)[1] + path))
                .timeout(ANSWER);
    }

    String lastWords() {
        StringBuilder words = new StringBuilder();
        nodes.forEach((node, process) -> words.append("--- n")
                .append(node)
                .append('\n')
                .append(process.lastWords())
                .append('\n'));
        return words.toString();
    }

    @Override
    public void close() {
        try {
            for (NodeProcess node : nodes.values()) {
                node.stop(Duration.ofSeconds(10));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the nodes end by themselves when this process does
        }
        http.shutdownNow();
    }

    private static Path privateFile(Path file, String content) {
        try {
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            return Files.writeString(file, content + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String random() {
        byte[] bytes = new byte[32];
        new SplittableRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
