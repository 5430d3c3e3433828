package dev.parley.cli.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.cli.CommandFailed;
import dev.parley.cli.Durations;
import dev.parley.cli.Screen;
import dev.parley.cli.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `parley node list|token|drain|remove`: the nodes of a cluster. Without one of these words `parley node` runs
/// a node.
@Command(
        name = "node",
        description = "Shows the nodes of a cluster, lets nodes in and out. (parley node --config FILE runs one.)",
        mixinStandardHelpOptions = true)
public final class NodeCommand implements Runnable {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is needed: list, token, drain or remove.");
    }

    @Command(name = "list", description = "Lists the nodes.", mixinStandardHelpOptions = true)
    int list(
            @Mixin AdminOptions admin,
            @Option(names = "--json", description = "Prints JSON for programs.") boolean json)
            throws JsonProcessingException {
        JsonNode cluster = admin.open().cluster();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JSON.writeValueAsString(cluster.path("nodes")));
            return 0;
        }
        Table table = new Table("NODE", "STATE", "ZONE", "ADDRESS", "REPLICAS", "LEADS", "FREE", "HEALTH");
        for (JsonNode node : cluster.path("nodes")) {
            boolean removed = node.path("state").asText().equals("removed");
            String health = node.path("ready").asBoolean()
                    ? Screen.good("ok")
                    : Screen.bad(node.path("answers").asBoolean() ? "not ready" : "does not answer");
            table.row(
                    node.path("id").asText(),
                    node.path("state").asText(),
                    node.path("zone").asText("").isEmpty()
                            ? "-"
                            : node.path("zone").asText(),
                    node.path("host").asText() + ":" + node.path("peerPort").asInt(),
                    node.path("replicas").asText(),
                    node.path("leads").asText(),
                    removed ? "-" : (node.path("freeBytes").asLong() >> 30) + " GB",
                    removed ? "-" : health);
        }
        table.print(out);
        return 0;
    }

    @Command(
            name = "token",
            description = "Makes a token with which one new node can join, once.",
            mixinStandardHelpOptions = true)
    int token(
            @Mixin AdminOptions admin,
            @Option(
                            names = "--ttl",
                            defaultValue = "1h",
                            converter = Durations.class,
                            paramLabel = "TIME",
                            description = "How long it is good (default 1h).")
                    Duration ttl,
            @Option(names = "--out", paramLabel = "FILE", description = "Writes it to a new file (mode 0600).")
                    Optional<Path> file) {
        ObjectNode body = JSON.createObjectNode().put("ttlSeconds", ttl.toSeconds());
        String token = admin.open().order("join-tokens", body).path("token").asText();
        PrintWriter out = spec.commandLine().getOut();
        if (file.isEmpty()) {
            out.println(token);
            return 0;
        }
        try {
            Files.createFile(
                    file.get(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file.get(), token + "\n");
        } catch (FileAlreadyExistsException e) {
            throw CommandFailed.mistake("the file " + file.get() + " exists already; it was left alone.");
        } catch (IOException e) {
            throw CommandFailed.failed("the file " + file.get() + " cannot be written: " + e.getMessage() + ".");
        }
        out.println("the token is in " + file.get() + "; start the new node with --join HOST:PEER-PORT --token-file "
                + file.get());
        return 0;
    }

    @Command(
            name = "drain",
            description = "Moves leaders and replicas away from a node, and says whether it may be removed.",
            mixinStandardHelpOptions = true)
    int drain(
            @Mixin AdminOptions admin,
            @Parameters(paramLabel = "NODE") String node,
            @Option(
                            names = "--rate",
                            defaultValue = "0",
                            paramLabel = "MB/s",
                            description = "At most so much a second.")
                    int rate,
            @Option(names = "--wait", description = "Waits for the end.") boolean wait) {
        AdminApi api = admin.open();
        PrintWriter out = spec.commandLine().getOut();
        JsonNode before = api.cluster("nodes/" + node + "/drain");
        if (before.path("held").asInt() > 0) {
            long job = api.order("nodes/" + node + "/drain?rate=" + rate, JSON.createObjectNode())
                    .path("job")
                    .asLong();
            out.println("job " + job + " moves " + before.path("held").asInt() + " replicas away from " + node);
            if (!wait) {
                out.println("see how far it is with: parley rebalance; then ask again: parley node drain " + node);
                return 0;
            }
            if (JobWatch.await(api, job, out) != 0) {
                return CommandFailed.FAILED;
            }
        }
        return evidence(api, node, wait, out);
    }

    /// Files are closed a moment after the last move; so the answer may be better the second time.
    private static int evidence(AdminApi api, String node, boolean wait, PrintWriter out) {
        JsonNode answer = api.cluster("nodes/" + node + "/drain");
        for (int tries = 0; wait && tries < 30 && !answer.path("safeToRemove").asBoolean(); tries++) {
            try {
                var _ = new CountDownLatch(1).await(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw CommandFailed.failed("interrupted.");
            }
            answer = api.cluster("nodes/" + node + "/drain");
        }
        boolean safe = answer.path("safeToRemove").asBoolean();
        out.println("safe to remove: " + (safe ? Screen.good("yes") : Screen.bad("no")));
        answer.path("reasons").forEach(reason -> out.println("  " + Screen.safe(reason.asText())));
        return safe ? 0 : CommandFailed.FAILED;
    }

    @Command(
            name = "remove",
            description = "Takes a drained node out of the cluster for good.",
            mixinStandardHelpOptions = true)
    int remove(@Mixin AdminOptions admin, @Parameters(paramLabel = "NODE") String node) {
        admin.open().removeNode(node);
        spec.commandLine()
                .getOut()
                .println("node " + node + " is out of the cluster; stop it, and delete its data directory");
        return 0;
    }
}
