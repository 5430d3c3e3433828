package dev.parley.protocol.json;

import static dev.parley.protocol.json.JsonWriting.optional;
import static dev.parley.protocol.json.JsonWriting.string;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Problem.FieldError;
import dev.parley.protocol.TextRules;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/// The objects that frames and REST bodies share: messages, their bodies, problems.
final class SharedJson {
    private static final String PROBLEM_TYPE = "urn:parley:problem:";
    private static final String TEXT = "text";
    private static final String MEMBERSHIP = "membership";

    /// Where the `type` of RFC 9457 goes: frames have a `type` of their own.
    enum ProblemTypeField {
        TYPE("type"),
        PROBLEM_TYPE("problemType");

        private final String field;

        ProblemTypeField(String field) {
            this.field = field;
        }
    }

    static void writeTime(JsonGenerator out, String name, Instant time) throws IOException {
        string(out, name, time.truncatedTo(ChronoUnit.MILLIS).toString());
    }

    static void writeMessage(JsonGenerator out, Message message) throws IOException {
        string(out, "messageId", message.messageId());
        string(out, "conversationId", message.conversationId());
        out.writeNumberField("conversationSeq", message.conversationSeq());
        string(out, "senderId", message.senderId());
        writeTime(out, "createdAt", message.createdAt());
        writeBody(out, message.body());
    }

    static Message readMessage(Fields in) {
        return new Message(
                in.string("messageId"),
                in.string("conversationId"),
                in.seq("conversationSeq"),
                in.string("senderId"),
                in.time("createdAt"),
                in.object("body", SharedJson::readBody));
    }

    static void writeMessages(JsonGenerator out, List<Message> messages) throws IOException {
        out.writeArrayFieldStart("messages");
        for (Message message : messages) {
            out.writeStartObject();
            writeMessage(out, message);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    static void writeBody(JsonGenerator out, MessageBody body) throws IOException {
        out.writeObjectFieldStart("body");
        string(out, "kind", body.kind());
        switch (body) {
            case MessageBody.Text(String text) -> string(out, "text", text);
            case MessageBody.Membership membership -> {
                string(out, "action", membership.action());
                string(out, "userId", membership.userId());
                optional(out, "role", membership.role());
            }
        }
        out.writeEndObject();
    }

    private static MessageBody readBody(Fields in) {
        return switch (in.oneOf("kind", List.of(TEXT, MEMBERSHIP))) {
            case MEMBERSHIP ->
                new MessageBody.Membership(in.string("action"), in.string("userId"), in.optionalString("role"));
            default -> new MessageBody.Text(in.text("text", Limits.TEXT_BYTES_MAX));
        };
    }

    /// The body of a message that a client posts: only a text, within the limits.
    static MessageBody readPostedBody(Fields in) {
        in.oneOf("kind", List.of(TEXT));
        return new MessageBody.Text(in.storedText("text", Limits.TEXT_BYTES_MAX));
    }

    static void writeProblem(JsonGenerator out, Problem problem, ProblemTypeField typeField) throws IOException {
        ErrorCode code = problem.code();
        string(out, typeField.field, PROBLEM_TYPE + code.wire());
        string(out, "title", code.title());
        out.writeNumberField("status", code.status());
        string(out, "detail", TextRules.wellFormed(problem.detail()));
        string(out, "code", code.wire());
        string(out, "effect", code.effect().name().toLowerCase(Locale.ROOT));
        out.writeBooleanField("retryable", code.retryable());
        if (problem.retryAfterMillis().isPresent()) {
            out.writeNumberField("retryAfterMs", problem.retryAfterMillis().getAsLong());
        }
        string(out, "traceId", problem.traceId());
        if (!problem.errors().isEmpty()) {
            out.writeArrayFieldStart("errors");
            for (FieldError error : problem.errors()) {
                out.writeStartObject();
                string(out, "field", TextRules.wellFormed(error.field()));
                string(out, "reason", TextRules.wellFormed(error.reason()));
                out.writeEndObject();
            }
            out.writeEndArray();
        }
    }

    /// A code of a newer node reads as [ErrorCode#INTERNAL], which promises nothing about the effect.
    static Problem readProblem(Fields in) {
        return new Problem(
                ErrorCode.ofWire(in.string("code")).orElse(ErrorCode.INTERNAL),
                in.string("detail"),
                in.optionalSeq("retryAfterMs"),
                in.string("traceId"),
                in.has("errors")
                        ? in.objects("errors", error -> new FieldError(error.string("field"), error.string("reason")))
                        : List.of());
    }

    private SharedJson() {}
}
