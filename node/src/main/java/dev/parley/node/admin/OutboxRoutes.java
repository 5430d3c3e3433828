package dev.parley.node.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.inbox.OutboxReport;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ErrorCode;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The outboxes of the partitions that this node leads, and the dead letters of any partition.
final class OutboxRoutes {
    private static final Logger AUDIT = LoggerFactory.getLogger(OutboxRoutes.class);

    private static final double MILLIS_PER_SECOND = 1_000;
    private static final String LETTERS = "/admin/v1/outbox/{partition}/dead-letters";

    private final AdminPorts ports;
    private final int partitions;

    OutboxRoutes(AdminPorts ports, int partitions) {
        this.ports = ports;
        this.partitions = partitions;
    }

    void addTo(HttpRouting.Builder routing) {
        routing.get("/admin/v1/outbox", this::outbox)
                .get(LETTERS, this::letters)
                .post(LETTERS + "/{number}/retry", this::retry)
                .delete(LETTERS + "/{number}", this::drop);
    }

    private void outbox(ServerRequest request, ServerResponse response) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode partitions = body.putArray("partitions");
        for (OutboxReport.Line line : ports.outbox().get()) {
            ObjectNode partition = partitions
                    .addObject()
                    .put("partition", line.partition())
                    .put("group", line.group())
                    .put("pending", line.pending())
                    .put("oldestSeconds", line.oldest().toMillis() / MILLIS_PER_SECOND)
                    .put("deadLetters", line.letters().kept())
                    .put("dropped", line.letters().dropped());
            partition.putObject("consumers").put("lists", line.pending()).put("push", line.pushes());
        }
        AdminAnswer.json(response, 200, body);
    }

    private void letters(ServerRequest request, ServerResponse response) {
        int partition = partition(request);
        long after = request.query()
                .first("after")
                .asOptional()
                .map(text -> number("after", text))
                .orElse(0L);
        int limit = request.query()
                .first("limit")
                .asOptional()
                .map(text -> Math.clamp(number("limit", text), 1, ChatLimits.PAGE_MAX))
                .orElse(ChatLimits.PAGE_MAX);
        QueryAnswer.DeadLetterPage page = page(partition, after, limit);
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("partition", partition);
        ArrayNode letters = body.putArray("letters");
        page.letters().forEach(letter -> letters.add(json(letter)));
        AdminAnswer.json(response, 200, body.put("more", page.more()));
    }

    private void retry(ServerRequest request, ServerResponse response) {
        int partition = partition(request);
        long number = existing(request, partition);
        carryOut(request, response, "retried", new ChatCommand.RetryDeadLetter(partition, number), number);
    }

    private void drop(ServerRequest request, ServerResponse response) {
        int partition = partition(request);
        long number = existing(request, partition);
        carryOut(request, response, "dropped", new ChatCommand.DropDeadLetter(partition, number), number);
    }

    private void carryOut(
            ServerRequest request, ServerResponse response, String what, ChatCommand command, long number) {
        if (AccountRoutes.await(ports.gate().submit(command)) instanceof ChatAnswer.Refused refused) {
            throw new ProblemException(Problems.of(refused.refusal(), refused.detail()));
        }
        AUDIT.info(
                "admin {} dead letter: entity={} number={} peer={}",
                what,
                command.entityId(),
                number,
                request.remotePeer().host());
        AdminAnswer.json(response, 200, JsonNodeFactory.instance.objectNode().put("number", number));
    }

    /// The number of a letter that is there, or was when this was called.
    private long existing(ServerRequest request, int partition) {
        long number = number("number", request.path().pathParameters().get("number"));
        boolean there = number > 0
                && page(partition, number - 1, 1).letters().stream().anyMatch(letter -> letter.number() == number);
        if (!there) {
            throw new ProblemException(
                    ErrorCode.PATH_UNKNOWN, "Partition %d has no dead letter %d.".formatted(partition, number));
        }
        return number;
    }

    private QueryAnswer.DeadLetterPage page(int partition, long after, int limit) {
        QueryAnswer answer = AccountRoutes.await(ports.gate().ask(new ChatQuery.DeadLetters(partition, after, limit)));
        if (answer instanceof QueryAnswer.Refused refused) {
            throw new ProblemException(Problems.of(refused.refusal(), refused.detail()));
        }
        return (QueryAnswer.DeadLetterPage) answer;
    }

    private int partition(ServerRequest request) {
        long partition = number("partition", request.path().pathParameters().get("partition"));
        if (partition >= partitions) {
            throw new ProblemException(ErrorCode.PATH_UNKNOWN, "The cluster has no partition %d.".formatted(partition));
        }
        return (int) partition;
    }

    private static long number(String field, String text) {
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw ProblemException.invalidField(field, "must be a whole number from 0");
    }

    static ObjectNode json(DeadLetter.Numbered numbered) {
        DeadLetter letter = numbered.letter();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("number", numbered.number())
                .put("at", Instant.ofEpochMilli(letter.atMillis()).toString())
                .put("tries", letter.tries())
                .put("reason", letter.reason());
        switch (letter.content()) {
            case DeadLetter.ListNote(var activity) -> {
                json.put("kind", "list")
                        .put("userId", activity.userId())
                        .put("conversationId", activity.conversationId())
                        .put("headSeq", activity.progress().headSeq())
                        .put("readSeq", activity.progress().readSeq())
                        .put("deliveryNumber", activity.deliveryNumber());
                activity.muted().ifPresent(muted -> json.put("muted", muted));
            }
            case DeadLetter.Push push ->
                json.put("kind", "push")
                        .put("userId", push.userId())
                        .put("conversationId", push.conversationId())
                        .put("deviceId", push.deviceId())
                        .put("provider", push.provider())
                        .put("seq", push.seq());
        }
        return json;
    }
}
