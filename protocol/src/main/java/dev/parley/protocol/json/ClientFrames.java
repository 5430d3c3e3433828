package dev.parley.protocol.json;

import static dev.parley.protocol.json.JsonWriting.optional;
import static dev.parley.protocol.json.JsonWriting.sound;
import static dev.parley.protocol.json.JsonWriting.string;
import static dev.parley.protocol.json.JsonWriting.strings;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ClientFrame.CursorDelivered;
import dev.parley.protocol.ClientFrame.CursorRead;
import dev.parley.protocol.ClientFrame.MessageSend;
import dev.parley.protocol.ClientFrame.Ping;
import dev.parley.protocol.ClientFrame.PresenceWatch;
import dev.parley.protocol.ClientFrame.SyncStart;
import dev.parley.protocol.ClientFrame.Typing;
import dev.parley.protocol.Limits;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// The frames that a client sends.
final class ClientFrames {
    /// How to read the frame of each type.
    static final Map<String, Function<Fields, ClientFrame>> READERS = Map.of(
            "message.send", ClientFrames::readMessageSend,
            "sync.start", ClientFrames::readSyncStart,
            "cursor.delivered", ClientFrames::readCursorDelivered,
            "cursor.read", ClientFrames::readCursorRead,
            "typing", ClientFrames::readTyping,
            "presence.watch", ClientFrames::readPresenceWatch,
            "ping", in -> new Ping(in.ref()));

    static void write(ClientFrame frame, JsonGenerator out) throws IOException {
        switch (frame) {
            case MessageSend send -> {
                string(out, "type", "message.send");
                string(out, "conversationId", send.conversationId());
                string(out, "clientMessageId", send.clientMessageId());
                SharedJson.writeBody(out, send.body());
            }
            case SyncStart start -> writeSyncStart(start, out);
            case CursorDelivered delivered -> {
                string(out, "type", "cursor.delivered");
                string(out, "conversationId", delivered.conversationId());
                out.writeNumberField("deliveredThroughSeq", delivered.deliveredThroughSeq());
            }
            case CursorRead read -> {
                string(out, "type", "cursor.read");
                string(out, "conversationId", read.conversationId());
                out.writeNumberField("readThroughSeq", read.readThroughSeq());
            }
            case Typing typing -> {
                string(out, "type", "typing");
                string(out, "conversationId", typing.conversationId());
                out.writeBooleanField("active", typing.active());
            }
            case PresenceWatch watch -> {
                string(out, "type", "presence.watch");
                strings(out, "userIds", watch.userIds());
                strings(out, "conversationIds", watch.conversationIds());
            }
            case Ping _ -> string(out, "type", "ping");
        }
        optional(out, "ref", frame.ref());
    }

    private static void writeSyncStart(SyncStart start, JsonGenerator out) throws IOException {
        string(out, "type", "sync.start");
        out.writeObjectFieldStart("cursors");
        for (Map.Entry<String, Long> cursor : start.cursors().entrySet()) {
            out.writeNumberField(sound(cursor.getKey()), cursor.getValue());
        }
        out.writeEndObject();
        if (start.since().isPresent()) {
            out.writeNumberField("since", start.since().get());
        }
    }

    private static ClientFrame readMessageSend(Fields in) {
        return new MessageSend(
                conversationId(in),
                in.id("clientMessageId", Limits.CLIENT_ID_LENGTH_MAX),
                in.object("body", SharedJson::readPostedBody),
                in.ref());
    }

    private static ClientFrame readSyncStart(Fields in) {
        Map<String, Long> cursors =
                in.has("since") && !in.has("cursors") ? Map.of() : in.seqs("cursors", Limits.SYNC_CURSORS_MAX);
        OptionalLong since = in.optionalSeq("since");
        return new SyncStart(cursors, since.isPresent() ? Optional.of(since.getAsLong()) : Optional.empty(), in.ref());
    }

    private static ClientFrame readCursorDelivered(Fields in) {
        return new CursorDelivered(conversationId(in), in.seq("deliveredThroughSeq"), in.ref());
    }

    private static ClientFrame readCursorRead(Fields in) {
        return new CursorRead(conversationId(in), in.seq("readThroughSeq"), in.ref());
    }

    private static ClientFrame readTyping(Fields in) {
        return new Typing(conversationId(in), !in.has("active") || in.bool("active"), in.ref());
    }

    private static ClientFrame readPresenceWatch(Fields in) {
        return new PresenceWatch(
                in.optionalIds("userIds", Limits.USER_ID_LENGTH_MAX, Limits.WATCHED_USERS_MAX),
                in.optionalIds("conversationIds", Limits.CONVERSATION_ID_LENGTH_MAX, Limits.WATCHED_CONVERSATIONS_MAX),
                in.ref());
    }

    private static String conversationId(Fields in) {
        return in.id("conversationId", Limits.CONVERSATION_ID_LENGTH_MAX);
    }

    private ClientFrames() {}
}
