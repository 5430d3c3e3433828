package dev.parley.protocol.json;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.JsonValue.JsonObject;
import dev.parley.protocol.json.JsonValue.JsonText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Frames of the WebSocket to UTF-8 and back. Stateless; the bytes of a frame may go to any number of sockets.
public final class FrameJson {

    /// The bytes of one text frame.
    ///
    /// @throws IllegalArgumentException if a value of the frame is no Unicode
    public static byte[] encode(ServerFrame frame) {
        return JsonWriting.object(out -> ServerFrames.write(frame, out));
    }

    /// The bytes of one text frame.
    ///
    /// @throws IllegalArgumentException if a value of the frame is no Unicode
    public static byte[] encode(ClientFrame frame) {
        return JsonWriting.object(out -> ClientFrames.write(frame, out));
    }

    /// Reads what a client sent. All of a client's limits hold for the result.
    ///
    /// @throws InvalidInput if it is no frame that a client may send; its [InvalidInput#errorFrame] is the answer
    public static ClientFrame decodeClient(byte[] utf8) {
        if (utf8.length > Limits.FRAME_BYTES_MAX) {
            throw new InvalidInput(
                    ErrorCode.TOO_LARGE,
                    "A frame may have %d bytes but this has %d.".formatted(Limits.FRAME_BYTES_MAX, utf8.length));
        }
        return decode(utf8, ClientFrames.READERS);
    }

    /// Reads what a node sent.
    ///
    /// @throws InvalidInput if it is no frame that this version knows; see [InvalidInput#unknownType]
    public static ServerFrame decodeServer(byte[] utf8) {
        return decode(utf8, ServerFrames.READERS);
    }

    private static <F> F decode(byte[] utf8, Map<String, Function<Fields, F>> readers) {
        JsonObject frame = JsonParsing.object(utf8);
        if (!(frame.fields().get("type") instanceof JsonText(String type))) {
            throw new InvalidInput(ErrorCode.MALFORMED, "A frame needs a type, which is a string. " + known(readers))
                    .in(JsonParsing.answers(frame));
        }
        Function<Fields, F> reader = readers.get(type);
        if (reader == null) {
            InvalidInput.Answers answers = JsonParsing.answers(frame);
            throw new InvalidInput(
                    ErrorCode.MALFORMED,
                    "The frame type %s is unknown. %s".formatted(JsonParsing.shortened(type), known(readers)),
                    List.of(),
                    new InvalidInput.Answers(answers.ref(), answers.clientMessageId(), Optional.of(type)));
        }
        return Fields.checked(frame, reader);
    }

    private static String known(Map<String, ?> readers) {
        return "Known are "
                + String.join(", ", readers.keySet().stream().sorted().toList()) + ".";
    }

    private FrameJson() {}
}
