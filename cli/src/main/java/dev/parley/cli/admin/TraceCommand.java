package dev.parley.cli.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.parley.cli.CommandFailed;
import dev.parley.cli.Screen;
import dev.parley.cli.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `parley trace`: what became of one message, on its way to the last device.
@Command(name = "trace", description = "Shows what became of a message.", mixinStandardHelpOptions = true)
public final class TraceCommand implements Runnable {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final Pattern MESSAGE = Pattern.compile("m_[0-9A-Z]{26}");
    private static final Pattern CONVERSATION = Pattern.compile("c_[a-z2-7]{26}");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to trace: parley trace message ID.");
    }

    @Command(
            name = "message",
            description = "Shows where a message is: told to lists, delivered, read, pushed.",
            mixinStandardHelpOptions = true)
    int message(
            @Mixin AdminOptions options,
            @Parameters(arity = "0..1", paramLabel = "ID", description = "The message's id, m_…") Optional<String> id,
            @Option(names = "--seq", paramLabel = "N", description = "Its seq, instead of the id.") Optional<Long> seq,
            @Option(names = "--conversation", required = true, paramLabel = "C", description = "The conversation, c_…")
                    String conversation,
            @Option(names = "--json", description = "Prints JSON for programs.") boolean asJson)
            throws JsonProcessingException {
        JsonNode trace = options.open().trace(checked(conversation), name(id, seq));
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.println(JSON.writeValueAsString(trace));
        } else {
            print(trace, out);
        }
        return 0;
    }

    private static String checked(String conversation) {
        if (!CONVERSATION.matcher(conversation).matches()) {
            throw CommandFailed.mistake(
                    "--conversation takes an id of c_ and 26 characters, not \"" + Screen.safe(conversation) + "\".");
        }
        return conversation;
    }

    private static String name(Optional<String> id, Optional<Long> seq) {
        if (id.isPresent() == seq.isPresent()) {
            throw CommandFailed.mistake("say which message: its ID, or --seq N.");
        }
        if (seq.isPresent()) {
            if (seq.get() < 1) {
                throw CommandFailed.mistake("--seq counts from 1.");
            }
            return seq.get().toString();
        }
        if (!MESSAGE.matcher(id.get()).matches()) {
            throw CommandFailed.mistake("a message's id is m_ and 26 characters, not \"" + Screen.safe(id.get())
                    + "\"; a clientMessageId is not looked for.");
        }
        return id.get();
    }

    private static void print(JsonNode trace, PrintWriter out) {
        out.printf(
                "message       %s, seq %s of %s%n",
                text(trace, "messageId"), text(trace, "seq"), text(trace, "headSeq"));
        out.printf("conversation  %s%n", text(trace, "conversationId"));
        out.printf("sender        %s%n", text(trace, "senderId"));
        out.printf("accepted      %s%n", text(trace, "acceptedAt"));
        out.printf(
                "partition     %s, %s%n",
                text(trace, "group"),
                trace.path("raftIndex").isNumber()
                        ? "Raft index " + text(trace, "raftIndex") + " of term " + text(trace, "raftTerm")
                        : "Raft index not kept");
        out.printf(
                "outbox        %s; deliveries pending in the partition: %s%n",
                text(trace.path("outbox"), "state"), text(trace.path("outbox"), "pending"));
        out.println();
        Table table = new Table("MEMBER", "LIST", "DELIVERED", "READ", "DEVICES", "PUSH");
        for (JsonNode member : trace.path("members")) {
            boolean maySee = member.path("maySee").asBoolean(true);
            boolean answered = member.path("answered").asBoolean();
            table.row(
                    text(member, "userId"),
                    !maySee ? "-" : answered ? state(member, "listed", "listedSeq") : "unknown",
                    maySee ? state(member, "delivered", "deliveredSeq") : "joined later",
                    maySee ? state(member, "read", "readSeq") : "-",
                    devices(member),
                    answered ? pushes(member) : "unknown");
        }
        table.print(out);
        for (JsonNode member : trace.path("members")) {
            for (JsonNode letter : member.path("deadLetters")) {
                out.printf(
                        "dead letter %s/%s of %s: %s: %s%n",
                        text(letter, "partition"),
                        text(letter, "number"),
                        text(member, "userId"),
                        text(letter, "kind"),
                        text(letter, "reason"));
            }
        }
    }

    private static String devices(JsonNode member) {
        List<String> devices = new ArrayList<>();
        member.path("devices")
                .forEach(device ->
                        devices.add(text(device, "deviceId") + " " + state(device, "delivered", "deliveredSeq")));
        return devices.isEmpty() ? "-" : String.join(", ", devices);
    }

    private static String pushes(JsonNode member) {
        List<String> pushes = new ArrayList<>();
        for (JsonNode push : member.path("pushes")) {
            pushes.add(
                    push.path("pushed").asBoolean()
                            ? "%s seq %s at %s: %s"
                                    .formatted(
                                            text(push, "provider"),
                                            text(push, "seq"),
                                            text(push, "at"),
                                            text(push, "outcome"))
                            : "%s no (%s)".formatted(text(push, "provider"), text(push, "seq")));
        }
        return pushes.isEmpty() ? "-" : String.join(", ", pushes);
    }

    /// `yes`, or how far it is instead.
    private static String state(JsonNode node, String reached, String position) {
        return node.path(reached).asBoolean() ? "yes" : "no (" + text(node, position) + ")";
    }

    private static String text(JsonNode node, String field) {
        return Screen.safe(node.path(field).asText());
    }
}
