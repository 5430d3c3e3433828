package dev.parley.cli.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.cli.CommandFailed;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The admin port of one node, as the command line needs it. Every failure is a [CommandFailed] with one
/// sentence.
public final class AdminApi {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final Optional<String> token;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    /// @param base as [dev.parley.cli.HttpUrl] takes it
    public AdminApi(URI base, Optional<String> token) {
        this.base = base;
        this.token = token;
    }

    /// The administrator's token: from a file if one was named, else from the environment, else none.
    public static Optional<String> tokenFrom(Optional<Path> file) {
        if (file.isEmpty()) {
            return Optional.ofNullable(System.getenv("PARLEY_ADMIN_TOKEN")).filter(value -> !value.isBlank());
        }
        try {
            return Optional.of(Files.readString(file.get()).strip());
        } catch (IOException e) {
            throw CommandFailed.mistake("cannot read the admin token file " + file.get() + ": " + reason(e) + ".");
        }
    }

    /// Makes a bearer token for a user, and the user's account if there is none yet.
    public IssuedToken issueToken(String userId, Duration ttl) {
        ObjectNode body = JSON.createObjectNode();
        body.put("userId", userId);
        body.put("ttlSeconds", ttl.toSeconds());
        JsonNode answer = post("/admin/v1/tokens", body);
        String issued = answer.path("token").asText("");
        if (issued.isEmpty()) {
            throw CommandFailed.failed("the node at " + base + " answered without a token.");
        }
        return new IssuedToken(issued, answer.path("expiresAt").asText(""));
    }

    /// Makes a user's account; harmless if it exists.
    public void createUser(String userId) {
        ObjectNode body = JSON.createObjectNode();
        body.put("userId", userId);
        post("/admin/v1/users", body);
    }

    /// What this node knows about its cluster.
    public JsonNode status() {
        return send(request("/admin/v1/status").GET().build());
    }

    /// What this node counts and measures, in Prometheus's text form.
    public String metrics() {
        return text(request("/metrics").GET().build());
    }

    /// The cluster: nodes, groups, jobs; the same at every node.
    public JsonNode cluster() {
        return send(request("/admin/v1/cluster").GET().build());
    }

    /// Something of the cluster.
    ///
    /// @param path below `/admin/v1/cluster/`
    public JsonNode cluster(String path) {
        return send(request("/admin/v1/cluster/" + path).GET().build());
    }

    /// Orders something of the cluster.
    ///
    /// @param path below `/admin/v1/cluster/`
    public JsonNode order(String path, ObjectNode body) {
        return post("/admin/v1/cluster/" + path, body);
    }

    /// Takes a node out of the cluster.
    public void removeNode(String node) {
        send(request("/admin/v1/cluster/nodes/" + node).DELETE().build());
    }

    /// The outboxes of the partitions that this node leads.
    public JsonNode outbox() {
        return send(request("/admin/v1/outbox").GET().build());
    }

    /// A page of a partition's dead letters; any node knows them.
    public JsonNode deadLetters(int partition, long afterNumber, int limit) {
        String page = "?after=%d&limit=%d".formatted(afterNumber, limit);
        return send(request(letters(partition) + page).GET().build());
    }

    public void retryDeadLetter(int partition, long number) {
        send(request(letters(partition) + "/" + number + "/retry")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    public void dropDeadLetter(int partition, long number) {
        send(request(letters(partition) + "/" + number).DELETE().build());
    }

    /// What became of a message.
    ///
    /// @param message its id or its seq; both ids have their form, so that they stand in a path as they are
    public JsonNode trace(String conversationId, String message) {
        return send(request("/admin/v1/trace/" + conversationId + "/" + message)
                .GET()
                .build());
    }

    private static String letters(int partition) {
        return "/admin/v1/outbox/" + partition + "/dead-letters";
    }

    private JsonNode post(String path, ObjectNode body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(REQUEST_TIMEOUT);
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        return request;
    }

    private JsonNode send(HttpRequest request) {
        String body = text(request);
        try {
            return body.isBlank() ? JSON.createObjectNode() : JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw CommandFailed.failed("what answers at " + base + " is not a Parley admin port: no JSON came back.");
        }
    }

    private String text(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw refused(response);
            }
            return response.body();
        } catch (ConnectException e) {
            throw CommandFailed.failed(
                    "no node answers at " + base + ": is Parley running there (parley dev), or is --admin wrong?");
        } catch (HttpTimeoutException e) {
            throw CommandFailed.failed("the node at " + base + " did not answer in time.");
        } catch (IOException e) {
            throw CommandFailed.failed("the call to " + base + " failed: " + reason(e) + ".");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.failed("interrupted while waiting for " + base + ".");
        }
    }

    private CommandFailed refused(HttpResponse<String> response) {
        String detail = "";
        try {
            JsonNode problem = JSON.readTree(response.body());
            detail = problem.path("detail").asText(problem.path("title").asText(""));
        } catch (JsonProcessingException e) {
            detail = "no problem object came with it"; // a proxy, or not Parley at all: the status must do
        }
        String sentence = "the node at " + base + " refused with HTTP " + response.statusCode() + ": " + detail
                + (response.statusCode() == 401 ? " (see --admin-token-file)" : "");
        return response.statusCode() / 100 == 4 ? CommandFailed.mistake(sentence) : CommandFailed.failed(sentence);
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    }

    /// A fresh bearer token.
    ///
    /// @param expiresAt as the node said it, RFC 3339
    public record IssuedToken(String token, String expiresAt) {}
}
