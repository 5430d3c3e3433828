package dev.parley.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.cli.CommandFailed;
import dev.parley.cli.HttpUrl;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/// Where the admin ports of a cluster are: options shared by the commands that ask every node.
public final class ClusterOptions {

    private static final URI DEFAULT_ADMIN = URI.create("http://127.0.0.1:9080");

    @Option(
            names = "--admin",
            converter = HttpUrl.class,
            paramLabel = "URL",
            split = ",",
            description = {
                "The admin ports of the nodes (default http://127.0.0.1:9080). With one of a",
                "cluster on this machine, the others are found by the distance of its ports."
            })
    private List<URI> admins = List.of();

    @Option(
            names = "--admin-token-file",
            paramLabel = "FILE",
            description = "A file with the admin token, if the nodes want one; else PARLEY_ADMIN_TOKEN.")
    private Optional<Path> tokenFile = Optional.empty();

    /// A node that answered.
    public record Node(AdminApi api, JsonNode status) {
        public String id() {
            return status.path("node").path("id").asText();
        }
    }

    /// The nodes that answer, at least one.
    public List<Node> nodes() {
        Optional<String> token = AdminApi.tokenFrom(tokenFile);
        List<Node> nodes = new ArrayList<>();
        Deque<URI> open = new ArrayDeque<>(admins.isEmpty() ? List.of(DEFAULT_ADMIN) : admins);
        Set<URI> asked = new LinkedHashSet<>();
        Optional<CommandFailed> failure = Optional.empty();
        while (!open.isEmpty()) {
            URI admin = open.removeFirst();
            if (!asked.add(admin)) {
                continue;
            }
            try {
                AdminApi api = new AdminApi(admin, token);
                JsonNode status = api.status();
                nodes.add(new Node(api, status));
                if (admins.size() <= 1) {
                    open.addAll(siblings(admin, status));
                }
            } catch (CommandFailed e) {
                failure = Optional.of(e);
            }
        }
        if (nodes.isEmpty()) {
            throw failure.orElseThrow();
        }
        return nodes;
    }

    /// The admin ports of the other nodes on this machine: as far from their HTTP ports as this one is from its
    /// own. A
    /// guess, which `parley dev` makes true; what does not answer there is shown as a node that does not
    /// answer.
    private static List<URI> siblings(URI admin, JsonNode answer) {
        List<URI> siblings = new ArrayList<>();
        String id = answer.path("node").path("id").asText();
        int distance = 0;
        for (JsonNode node : answer.path("cluster").path("nodes")) {
            URI http = URI.create(node.path("httpUrl").asText());
            if (node.path("id").asText().equals(id) && Objects.equals(http.getHost(), admin.getHost())) {
                distance = admin.getPort() - http.getPort();
            }
        }
        for (JsonNode node : answer.path("cluster").path("nodes")) {
            URI http = URI.create(node.path("httpUrl").asText());
            if (distance != 0 && http.getPort() > 0 && Objects.equals(http.getHost(), admin.getHost())) {
                siblings.add(URI.create("http://" + http.getHost() + ":" + (http.getPort() + distance)));
            }
        }
        return siblings;
    }
}
