package dev.parley.node.backup;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A cluster behind the admin port of any of its nodes, which fetches from the others what it does not lead.
final class AdminSource implements BackupSource, AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(3);

    /// A checkpoint is hashed when it is opened.
    private static final Duration OPEN = Duration.ofMinutes(5);

    private static final Duration READ = Duration.ofSeconds(40);
    private static final int OK = 200;

    private final URI base;
    private final Optional<String> token;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    AdminSource(URI base, Optional<String> token) {
        this.base = base;
        this.token = token;
    }

    @Override
    public Overview overview() {
        try {
            JsonNode json = json(send(request("/admin/v1/backup", READ).GET().build()));
            List<String> groups = new ArrayList<>();
            json.path("groups").forEach(group -> groups.add(group.asText()));
            if (groups.isEmpty()) {
                throw BackupException.failed("what answers at " + base + " is not a Parley admin port.");
            }
            return new Overview(
                    new Manifest.Cluster(
                            json.path("clusterName").asText(),
                            json.path("clusterId").asText(),
                            json.path("epoch").asText(),
                            json.path("partitions").asInt()),
                    json.path("version").asText(),
                    groups);
        } catch (ConnectException e) {
            throw BackupException.failed(
                    "no node answers at " + base + ": is Parley running there, or is --admin wrong?", e);
        } catch (IOException e) {
            throw BackupException.failed("the call to " + base + " failed: " + e.getMessage() + ".", e);
        }
    }

    @Override
    public Checkpoint open(String group) throws IOException {
        JsonNode json = json(send(request("/admin/v1/backup/groups/" + group, OPEN)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build()));
        List<Manifest.File> files = new ArrayList<>();
        for (JsonNode file : json.path("files")) {
            String name = file.path("name").asText();
            if (!ManifestJson.isFileName(name)) {
                throw new IOException("the node offers a file named " + name);
            }
            files.add(new Manifest.File(
                    name, file.path("bytes").asLong(), file.path("sha256").asText(), ""));
        }
        Manifest.Group described = new Manifest.Group(
                group,
                json.path("node").asText(),
                json.path("term").asLong(),
                json.path("logIndex").asLong(),
                files);
        return new Remote(json.path("snapshot").asText(), described);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpRequest.Builder request(String path, Duration limit) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(limit);
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        return request;
    }

    private byte[] send(HttpRequest request) throws IOException {
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != OK) {
                throw refused(response);
            }
            return response.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BackupException.failed("interrupted.", e);
        }
    }

    private IOException refused(HttpResponse<byte[]> response) {
        String detail = "";
        try {
            detail = json(response.body()).path("detail").asText("");
        } catch (IOException _) {
            // Not one of our answers: the status has to do.
        }
        int status = response.statusCode();
        if (status == 401 || status == 403) {
            throw BackupException.mistake("the node at %s refuses (%s) give the admin token with --token-file."
                    .formatted(base, detail.isEmpty() ? "HTTP " + status + ":" : detail));
        }
        return new IOException(detail.isEmpty() ? "HTTP " + status + " from " + base : detail);
    }

    private static JsonNode json(byte[] body) throws IOException {
        return ManifestJson.JSON.readTree(body);
    }

    private final class Remote implements Checkpoint {
        private final String id;
        private final Manifest.Group group;

        Remote(String id, Manifest.Group group) {
            this.id = id;
            this.group = group;
        }

        @Override
        public Manifest.Group group() {
            return group;
        }

        @Override
        public byte[] read(String file, long offset) throws IOException {
            String path = "/admin/v1/backup/snapshots/%s/%s?offset=%d".formatted(id, file, offset);
            return send(request(path, READ).GET().build());
        }

        @Override
        public void close() {
            try {
                send(request("/admin/v1/backup/snapshots/" + id, READ).DELETE().build());
            } catch (IOException _) {
                // The node closes by itself what nobody reads.
            }
        }
    }
}
