package dev.parley.jepsen.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/// Some nodes on this machine, each a process with its own folder and four free places.
public final class LocalCluster implements Cluster {

    private static final Duration READY_PATIENCE = Duration.ofMinutes(4);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(10);
    private static final long POLL_NANOS = 200_000_000;
    public static final int PARTITIONS = 4;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Place> places;

    /// The cluster secret; where the admin port is open to others, its token too.
    private String adminToken = "";

    private final List<NodeProcess> nodes = new ArrayList<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    private LocalCluster(List<Place> places) {
        this.places = List.copyOf(places);
    }

    /// Starts nodes in a folder and returns when all are ready.
    public static LocalCluster start(Path folder, int nodeCount) throws InterruptedException {
        return start(folder, nodeCount, "");
    }

    /// Starts nodes with some more settings.
    ///
    /// @param moreYaml sections of the configuration file
    public static LocalCluster start(Path folder, int nodeCount, String moreYaml) throws InterruptedException {
        return start(folder, Place.onLoopback(folder, nodeCount), moreYaml);
    }

    static LocalCluster start(Path folder, List<Place> places, String moreYaml) throws InterruptedException {
        LocalCluster cluster = new LocalCluster(places);
        int nodeCount = places.size();
        NodeProcess.Build build = NodeProcess.Build.fromSystemProperties();
        try {
            Path secret = cluster.writeSecret(folder);
            for (int index = 0; index < nodeCount; index++) {
                Path home = Files.createDirectories(folder.resolve(cluster.id(index)));
                Path config =
                        Files.writeString(home.resolve("node.yaml"), cluster.configYaml(index, secret) + moreYaml);
                cluster.nodes.add(NodeProcess.start(
                        cluster.id(index),
                        config,
                        home.resolve("node.log"),
                        build.startedBy(places.get(index).enter())));
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

    @Override
    public List<URI> urls() {
        return places.stream().map(Place::httpUrl).toList();
    }

    /// The admin port of a node.
    URI adminUrl(int index) {
        return places.get(index).adminUrl("");
    }

    @Override
    public int size() {
        return places.size();
    }

    @Override
    public Optional<NodeView> view(int index) throws InterruptedException {
        HttpRequest request = adminCall(places.get(index).adminUrl("/admin/v1/status"))
                .timeout(ANSWER_PATIENCE)
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200
                    ? Optional.of(new NodeView(JSON.readTree(answer.body())))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // it does not answer now: the caller asks again, or another node
        }
    }

    @Override
    public boolean isAlive(int index) {
        return nodes.get(index).isAlive();
    }

    @Override
    public void pause(int index) throws InterruptedException {
        nodes.get(index).signal("STOP");
    }

    @Override
    public void resume(int index) throws InterruptedException {
        nodes.get(index).signal("CONT");
    }

    /// The process of a node, as it is now.
    long pid(int index) {
        return nodes.get(index).pid();
    }

    @Override
    public String processState(int index) {
        return nodes.get(index).state();
    }

    @Override
    public Path logFile(int index) {
        return nodes.get(index).logFile();
    }

    @Override
    public void kill(int index) throws InterruptedException {
        nodes.get(index).kill();
    }

    @Override
    public void stop(int index) throws InterruptedException {
        nodes.get(index).stop(STOP_PATIENCE);
    }

    @Override
    public int moveLeaders(SplittableRandom random) throws InterruptedException {
        Optional<JsonNode> cluster = picture();
        if (cluster.isEmpty()) {
            return 0;
        }
        int moved = 0;
        for (JsonNode group : cluster.get().path("groups")) {
            List<String> others = new ArrayList<>();
            group.path("voters").forEach(voter -> others.add(voter.asText()));
            others.remove(group.path("leader").asText());
            if (!others.isEmpty()) {
                String heir = others.get(random.nextInt(others.size()));
                String path = "/admin/v1/cluster/groups/" + group.path("group").asText() + "/leader/" + heir;
                moved += order(path) ? 1 : 0;
            }
        }
        return moved;
    }

    @Override
    public void awaitWhole() throws InterruptedException {
        long deadline = System.nanoTime() + READY_PATIENCE.toNanos();
        while (!picture().filter(this::isWhole).isPresent()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(
                        "not all replicas are sound in time; the logs end with:\n" + lastWords());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private boolean isWhole(JsonNode cluster) {
        for (JsonNode group : cluster.path("groups")) {
            if (group.path("voters").size() != places.size()
                    || !group.path("troubles").isEmpty()) {
                return false;
            }
        }
        return cluster.path("groups").size() == PARTITIONS + 1;
    }

    /// The cluster as the first node knows it that answers.
    private Optional<JsonNode> picture() throws InterruptedException {
        for (Place node : places) {
            HttpRequest request = adminCall(node.adminUrl("/admin/v1/cluster"))
                    .timeout(ANSWER_PATIENCE)
                    .build();
            try {
                HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    return Optional.of(JSON.readTree(answer.body()));
                }
            } catch (IOException e) {
                // It does not answer now: another one is asked.
            }
        }
        return Optional.empty();
    }

    /// @return whether some node took the order
    private boolean order(String path) throws InterruptedException {
        for (Place node : places) {
            HttpRequest request = adminCall(node.adminUrl(path))
                    .timeout(ANSWER_PATIENCE)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            try {
                if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return true;
                }
            } catch (IOException e) {
                // It does not answer now: another one is asked.
            }
        }
        return false;
    }

    @Override
    public void restart(int index) {
        nodes.get(index).restart();
    }

    @Override
    public Path dataDirectory(int index) {
        return places.get(index).data();
    }

    /// Waits until a node that lost replicas has them back: it says so of each in its log, it is ready, and
    /// every
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

    @Override
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

    @Override
    public String token(String userId) throws InterruptedException {
        String body = JSON.createObjectNode()
                .put("userId", userId)
                .put("ttlSeconds", 3_600)
                .toString();
        IOException last = new IOException("no nodes");
        for (Place node : places) {
            HttpRequest request = adminCall(node.adminUrl("/admin/v1/tokens"))
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

    /// What a node's admin port answers.
    ///
    /// @param path with what it asks for, such as `/admin/v1/outbox`
    public HttpResponse<String> admin(int index, String method, String path) throws IOException, InterruptedException {
        HttpRequest request = adminCall(places.get(index).adminUrl(path))
                .timeout(ANSWER_PATIENCE)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
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

    private HttpRequest.Builder adminCall(URI url) {
        return HttpRequest.newBuilder(url).header("Authorization", "Bearer " + adminToken);
    }

    private boolean isReady(int index) throws InterruptedException {
        HttpRequest request = adminCall(places.get(index).adminUrl("/readyz"))
                .timeout(ANSWER_PATIENCE)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // it does not listen yet: asked again until the deadline, which tells the log
        }
    }

    private boolean allReplicasVote() throws InterruptedException {
        for (int index = 0; index < places.size(); index++) {
            Optional<NodeView> view = view(index);
            if (view.isEmpty() || !view.get().allReplicasVote(PARTITIONS, places.size())) {
                return false; // not yet: asked again until the deadline, which tells the log
            }
        }
        return true;
    }

    private Path writeSecret(Path folder) throws IOException {
        byte[] secret = new byte[32];
        new SplittableRandom().nextBytes(secret);
        Path file = Files.createFile(
                folder.resolve("cluster.secret"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        adminToken = HexFormat.of().formatHex(secret);
        return Files.writeString(file, adminToken + "\n");
    }

    private String configYaml(int index, Path secret) {
        StringBuilder yaml = new StringBuilder(1_024);
        yaml.append("node: {id: ")
                .append(id(index))
                .append(", data-dir: \"")
                .append(places.get(index).data());
        yaml.append("\"}\ncluster:\n  name: jepsen\n  partitions: ").append(PARTITIONS);
        yaml.append("\n  secret-file: \"").append(secret).append("\"\n  allow-plain-text: true\n  nodes:\n");
        for (int other = 0; other < places.size(); other++) {
            Place at = places.get(other);
            yaml.append("    - {id: ")
                    .append(id(other))
                    .append(", host: ")
                    .append(at.host())
                    .append(", raft-port: ")
                    .append(at.raft());
            yaml.append(", peer-port: ")
                    .append(at.peer())
                    .append(", http-url: \"")
                    .append(at.httpUrl())
                    .append("\"}\n");
        }
        Place own = places.get(index);
        yaml.append("http: {host: ")
                .append(own.host())
                .append(", port: ")
                .append(own.http())
                .append(", allow-plain-text: true}\n");
        yaml.append("admin: {host: ").append(own.host()).append(", port: ").append(own.admin());
        if (!own.isLoopback()) {
            yaml.append(", token-file: \"").append(secret).append('"');
        }
        yaml.append("}\n");
        yaml.append("limits: {sends-per-second: 0, requests-per-second: 0}\n");
        return yaml.toString();
    }
}
