package dev.parley.protocol.json;

import static dev.parley.protocol.json.JsonWriting.optional;
import static dev.parley.protocol.json.JsonWriting.string;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.parley.protocol.Rest;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.ServerFrame.ConversationUpdated;
import dev.parley.protocol.ServerFrame.Drain;
import dev.parley.protocol.ServerFrame.ErrorFrame;
import dev.parley.protocol.ServerFrame.Hello;
import dev.parley.protocol.ServerFrame.HelloLimits;
import dev.parley.protocol.ServerFrame.MemberTyping;
import dev.parley.protocol.ServerFrame.MessageAck;
import dev.parley.protocol.ServerFrame.MessageNew;
import dev.parley.protocol.ServerFrame.Pong;
import dev.parley.protocol.ServerFrame.PresenceChanged;
import dev.parley.protocol.ServerFrame.ReceiptDelivered;
import dev.parley.protocol.ServerFrame.ReceiptRead;
import dev.parley.protocol.ServerFrame.SyncBatch;
import dev.parley.protocol.ServerFrame.SyncDone;
import dev.parley.protocol.ServerFrame.SyncMark;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;

/// The frames that a node sends.
final class ServerFrames {
    /// How to read the frame of each type.
    static final Map<String, Function<Fields, ServerFrame>> READERS = Map.ofEntries(
            Map.entry("hello", ServerFrames::readHello),
            Map.entry("message.ack", ServerFrames::readMessageAck),
            Map.entry("message.new", in -> new MessageNew(SharedJson.readMessage(in))),
            Map.entry("sync.batch", ServerFrames::readSyncBatch),
            Map.entry("sync.done", in -> new SyncDone(in.seq("inboxVersion"), in.bool("resumed"), in.ref())),
            Map.entry("sync.mark", in -> new SyncMark(in.seq("inboxVersion"))),
            Map.entry("conversation.updated", ServerFrames::readConversationUpdated),
            Map.entry("receipt.delivered", ServerFrames::readReceiptDelivered),
            Map.entry("receipt.read", ServerFrames::readReceiptRead),
            Map.entry("typing", ServerFrames::readMemberTyping),
            Map.entry("presence.changed", ServerFrames::readPresenceChanged),
            Map.entry("drain", in -> new Drain(in.count("reconnectWithinSeconds"), in.optionalString("websocketUrl"))),
            Map.entry("pong", in -> new Pong(in.ref())),
            Map.entry("error", ServerFrames::readError));

    static void write(ServerFrame frame, JsonGenerator out) throws IOException {
        switch (frame) {
            case Hello hello -> writeHello(hello, out);
            case MessageAck ack -> writeMessageAck(ack, out);
            case MessageNew(var message) -> {
                string(out, "type", "message.new");
                SharedJson.writeMessage(out, message);
            }
            case SyncBatch batch -> {
                string(out, "type", "sync.batch");
                string(out, "conversationId", batch.conversationId());
                SharedJson.writeMessages(out, batch.messages());
            }
            case SyncDone done -> {
                string(out, "type", "sync.done");
                out.writeNumberField("inboxVersion", done.inboxVersion());
                out.writeBooleanField("resumed", done.resumed());
                optional(out, "ref", done.ref());
            }
            case SyncMark(long inboxVersion) -> {
                string(out, "type", "sync.mark");
                out.writeNumberField("inboxVersion", inboxVersion);
            }
            case ConversationUpdated updated -> writeConversationUpdated(updated, out);
            case ReceiptDelivered receipt -> {
                string(out, "type", "receipt.delivered");
                string(out, "conversationId", receipt.conversationId());
                string(out, "userId", receipt.userId());
                out.writeNumberField("deliveredThroughSeq", receipt.deliveredThroughSeq());
            }
            case ReceiptRead receipt -> {
                string(out, "type", "receipt.read");
                string(out, "conversationId", receipt.conversationId());
                string(out, "userId", receipt.userId());
                out.writeNumberField("readThroughSeq", receipt.readThroughSeq());
            }
            case MemberTyping typing -> {
                string(out, "type", "typing");
                string(out, "conversationId", typing.conversationId());
                string(out, "userId", typing.userId());
                out.writeBooleanField("active", typing.active());
            }
            case PresenceChanged changed -> writePresenceChanged(changed, out);
            case Drain drain -> {
                string(out, "type", "drain");
                out.writeNumberField("reconnectWithinSeconds", drain.reconnectWithinSeconds());
                optional(out, "websocketUrl", drain.websocketUrl());
            }
            case Pong pong -> {
                string(out, "type", "pong");
                optional(out, "ref", pong.ref());
            }
            case ErrorFrame error -> writeError(error, out);
        }
    }

    private static void writeHello(Hello hello, JsonGenerator out) throws IOException {
        string(out, "type", "hello");
        string(out, "sessionId", hello.sessionId());
        string(out, "userId", hello.userId());
        string(out, "deviceId", hello.deviceId());
        out.writeNumberField("heartbeatSeconds", hello.heartbeatSeconds());
        out.writeObjectFieldStart("limits");
        out.writeNumberField("textBytesMax", hello.limits().textBytesMax());
        out.writeNumberField("frameBytesMax", hello.limits().frameBytesMax());
        out.writeNumberField("pageMax", hello.limits().pageMax());
        out.writeEndObject();
        string(out, "epoch", hello.epoch());
    }

    private static Hello readHello(Fields in) {
        return new Hello(
                in.string("sessionId"),
                in.string("userId"),
                in.string("deviceId"),
                in.count("heartbeatSeconds"),
                in.object(
                        "limits",
                        limits -> new HelloLimits(
                                limits.count("textBytesMax"), limits.count("frameBytesMax"), limits.count("pageMax"))),
                in.string("epoch"));
    }

    private static void writeMessageAck(MessageAck ack, JsonGenerator out) throws IOException {
        string(out, "type", "message.ack");
        string(out, "clientMessageId", ack.clientMessageId());
        string(out, "messageId", ack.messageId());
        string(out, "conversationId", ack.conversationId());
        out.writeNumberField("conversationSeq", ack.conversationSeq());
        SharedJson.writeTime(out, "createdAt", ack.createdAt());
        out.writeBooleanField("duplicate", ack.duplicate());
        optional(out, "ref", ack.ref());
    }

    private static MessageAck readMessageAck(Fields in) {
        return new MessageAck(
                in.string("clientMessageId"),
                in.string("messageId"),
                in.string("conversationId"),
                in.seq("conversationSeq"),
                in.time("createdAt"),
                in.bool("duplicate"),
                in.ref());
    }

    private static void writeConversationUpdated(ConversationUpdated updated, JsonGenerator out) throws IOException {
        string(out, "type", "conversation.updated");
        string(out, "conversationId", updated.conversationId());
        out.writeBooleanField("member", updated.member());
        out.writeNumberField("headSeq", updated.headSeq());
        out.writeNumberField("readThroughSeq", updated.readThroughSeq());
        out.writeNumberField("unread", updated.unread());
        out.writeBooleanField("muted", updated.muted());
        out.writeBooleanField("mentioned", updated.mentioned());
    }

    private static ConversationUpdated readConversationUpdated(Fields in) {
        return new ConversationUpdated(
                in.string("conversationId"),
                in.bool("member"),
                in.seq("headSeq"),
                in.seq("readThroughSeq"),
                in.seq("unread"),
                in.bool("muted"),
                in.bool("mentioned"));
    }

    private static SyncBatch readSyncBatch(Fields in) {
        return new SyncBatch(in.string("conversationId"), in.objects("messages", SharedJson::readMessage));
    }

    private static ReceiptDelivered readReceiptDelivered(Fields in) {
        return new ReceiptDelivered(in.string("conversationId"), in.string("userId"), in.seq("deliveredThroughSeq"));
    }

    private static ReceiptRead readReceiptRead(Fields in) {
        return new ReceiptRead(in.string("conversationId"), in.string("userId"), in.seq("readThroughSeq"));
    }

    private static MemberTyping readMemberTyping(Fields in) {
        return new MemberTyping(in.string("conversationId"), in.string("userId"), in.bool("active"));
    }

    private static void writePresenceChanged(PresenceChanged changed, JsonGenerator out) throws IOException {
        string(out, "type", "presence.changed");
        out.writeArrayFieldStart("users");
        for (Rest.UserPresence user : changed.users()) {
            out.writeStartObject();
            RestBodies.write(user, out);
            out.writeEndObject();
        }
        out.writeEndArray();
        optional(out, "ref", changed.ref());
    }

    private static PresenceChanged readPresenceChanged(Fields in) {
        return new PresenceChanged(in.objects("users", RestBodies::readUserPresence), in.ref());
    }

    private static void writeError(ErrorFrame error, JsonGenerator out) throws IOException {
        string(out, "type", "error");
        SharedJson.writeProblem(out, error.problem(), SharedJson.ProblemTypeField.PROBLEM_TYPE);
        optional(out, "clientMessageId", error.clientMessageId());
        optional(out, "ref", error.ref());
    }

    private static ErrorFrame readError(Fields in) {
        return new ErrorFrame(SharedJson.readProblem(in), in.optionalString("clientMessageId"), in.ref());
    }

    private ServerFrames() {}
}
