package dev.parley.node.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.MemberState;
import dev.parley.chat.QueryAnswer.TracedRecord;
import dev.parley.chat.QueryAnswer.UserTraced;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ErrorCode;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What became of one message: accepted, told to lists, delivered, read and pushed. Shows no text.
///
/// The conversation's partition answers for the record and its members; then the partitions of the members are
/// asked, all at once. One of them that does not answer leaves its members' lists and pushes unknown.
final class TraceRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(TraceRoutes.class);

    private final ChatGate gate;
    private final Partitioning partitioning;

    TraceRoutes(ChatGate gate, Partitioning partitioning) {
        this.gate = gate;
        this.partitioning = partitioning;
    }

    void addTo(HttpRouting.Builder routing) {
        routing.get("/admin/v1/trace/{conversationId}/{message}", this::trace);
    }

    private void trace(ServerRequest request, ServerResponse response) {
        String conversationId = request.path().pathParameters().get("conversationId");
        String message = request.path().pathParameters().get("message");
        QueryAnswer.MessageTraced traced = traced(conversationId, message);
        TracedRecord record = traced.found()
                .orElseThrow(() -> new ProblemException(
                        ErrorCode.PATH_UNKNOWN,
                        "%s holds no record %s; its newest is %d."
                                .formatted(conversationId, message, traced.headSeq())));
        Map<MemberState, Optional<UserTraced>> members = members(conversationId, record);
        int partition = partitioning.partitionOf(conversationId);
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("conversationId", conversationId)
                .put("messageId", record.messageId())
                .put("seq", record.seq())
                .put("headSeq", traced.headSeq())
                .put("senderId", record.senderId())
                .put(
                        "acceptedAt",
                        Instant.ofEpochMilli(record.createdAtMillis()).toString())
                .put("partition", partition)
                .put("group", Partitioning.group(partition).name());
        record.place()
                .ifPresentOrElse(
                        place -> body.put("raftIndex", place.index()).put("raftTerm", place.term()),
                        () -> body.putNull("raftIndex").putNull("raftTerm"));
        body.putObject("outbox").put("state", outbox(record, members)).put("pending", record.pending());
        ArrayNode lines = body.putArray("members");
        members.forEach((member, user) -> lines.add(json(partition, record, member, user)));
        AdminAnswer.json(response, 200, body);
    }

    private QueryAnswer.MessageTraced traced(String conversationId, String message) {
        QueryAnswer answer = AccountRoutes.await(gate.ask(new ChatQuery.MessageTrace(conversationId, message)));
        if (answer instanceof QueryAnswer.Refused refused) {
            throw new ProblemException(Problems.of(refused.refusal(), refused.detail()));
        }
        return (QueryAnswer.MessageTraced) answer;
    }

    private Map<MemberState, Optional<UserTraced>> members(String conversationId, TracedRecord record) {
        Map<MemberState, CompletableFuture<QueryAnswer>> asked = new LinkedHashMap<>();
        record.members()
                .forEach(member -> asked.put(
                        member, gate.ask(new ChatQuery.UserTrace(member.userId(), conversationId, record.seq()))));
        Map<MemberState, Optional<UserTraced>> members = new LinkedHashMap<>();
        asked.forEach((member, answer) -> members.put(member, user(member.userId(), answer)));
        return members;
    }

    private static Optional<UserTraced> user(String userId, CompletableFuture<QueryAnswer> answer) {
        try {
            return Optional.of((UserTraced) AccountRoutes.await(answer));
        } catch (ProblemException e) {
            LOG.warn(
                    "trace without the user: user={} code={}",
                    userId,
                    e.problem().code().wire());
            return Optional.empty();
        }
    }

    /// Whether the lists of users were told: `told`, `pending`, or `unknown` where it cannot be seen. The
    /// number of the record's delivery is not kept; but each list says how far it knows the conversation.
    private static String outbox(TracedRecord record, Map<MemberState, Optional<UserTraced>> members) {
        List<Optional<UserTraced>> concerned = members.entrySet().stream()
                .filter(entry -> maySee(entry.getKey(), record))
                .map(Map.Entry::getValue)
                .toList();
        if (record.pending() == 0
                || concerned.stream()
                        .allMatch(user -> user.isPresent() && user.get().listedSeq() >= record.seq())) {
            return "told";
        }
        boolean untold = concerned.stream().flatMap(Optional::stream).anyMatch(user -> user.listedSeq() < record.seq());
        return untold ? "pending" : "unknown";
    }

    private static boolean maySee(MemberState member, TracedRecord record) {
        return member.joinedSeq() <= record.seq();
    }

    private ObjectNode json(int partition, TracedRecord record, MemberState member, Optional<UserTraced> user) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("userId", member.userId())
                .put("role", member.role().name().toLowerCase(java.util.Locale.ROOT))
                .put("maySee", maySee(member, record))
                .put("delivered", member.deliveredSeq() >= record.seq())
                .put("deliveredSeq", member.deliveredSeq())
                .put("read", member.readSeq() >= record.seq())
                .put("readSeq", member.readSeq());
        ArrayNode devices = json.putArray("devices");
        member.devices()
                .forEach(device -> devices.addObject()
                        .put("deviceId", device.deviceId())
                        .put("delivered", device.seq() >= record.seq())
                        .put("deliveredSeq", device.seq()));
        json.put("answered", user.isPresent());
        ArrayNode letters = JsonNodeFactory.instance.arrayNode();
        record.letters().stream()
                .filter(letter -> letter.letter().content() instanceof DeadLetter.ListNote(var activity)
                        && activity.userId().equals(member.userId()))
                .forEach(letter -> letters.add(OutboxRoutes.json(letter).put("partition", partition)));
        user.ifPresent(found -> {
            json.put("listed", found.listedSeq() >= record.seq()).put("listedSeq", found.listedSeq());
            ArrayNode pushes = json.putArray("pushes");
            found.pushes()
                    .forEach(push -> pushes.addObject()
                            .put("provider", push.provider())
                            .put("pushed", push.seq() >= record.seq())
                            .put("seq", push.seq())
                            .put("at", Instant.ofEpochMilli(push.atMillis()).toString())
                            .put("outcome", push.outcome()));
            int home = partitioning.partitionOf(member.userId());
            found.letters()
                    .forEach(letter -> letters.add(OutboxRoutes.json(letter).put("partition", home)));
        });
        json.set("deadLetters", letters);
        return json;
    }
}
