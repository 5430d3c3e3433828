package dev.parley.node.edge.socket;

import dev.parley.protocol.CloseCode;
import dev.parley.protocol.Limits;
import io.helidon.common.buffers.DataReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a client's frames (RFC 6455, section 5) strictly. Owned by the connection's reader thread.
///
/// Helidon's own reader replaces invalid UTF-8, decodes each fragment by itself and bounds no message, so
/// Parley reads by itself on top of Helidon's buffers. What a message may hold in memory:
/// [Limits#FRAME_BYTES_MAX] bytes and as many fragments as [#FRAGMENTS_MAX]; how long one may take is the
/// session's matter.
final class FrameReader {
    private static final int FIN = 0x80;
    private static final int RESERVED = 0x70;
    private static final int OP_CODE = 0x0F;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7F;
    private static final int LENGTH_IN_16_BITS = 126;
    private static final int LENGTH_IN_64_BITS = 127;
    private static final int CONTROL_BYTES_MAX = 125;
    private static final int MASK_BYTES = 4;

    /// A sane client splits a message of 64 KB into a few dozen fragments.
    private static final int FRAGMENTS_MAX = 1_024;

    private static final int CLOSE_CODE_MIN = 1_000;
    private static final int CLOSE_CODE_MAX = 4_999;
    private static final List<Integer> CLOSE_CODES_NEVER_SENT = List.of(1_004, 1_005, 1_006, 1_015);

    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;

    private final DataReader in;

    /// The fragments of the message that has begun, or null.
    private @Nullable List<byte[]> fragments;

    private int fragmentBytes;

    FrameReader(DataReader in) {
        this.in = in;
    }

    /// Whether a message has begun and not ended.
    boolean inMessage() {
        return fragments != null;
    }

    /// Reads one frame; blocks.
    Incoming next() throws FrameFault {
        int first = in.read();
        boolean last = (first & FIN) != 0;
        require((first & RESERVED) == 0, "reserved bits are set");
        int opCode = first & OP_CODE;
        return switch (opCode) {
            case CONTINUATION -> {
                require(fragments != null, "a continuation of nothing");
                yield message(payload(Limits.FRAME_BYTES_MAX - fragmentBytes), last);
            }
            case TEXT -> {
                require(fragments == null, "a new message within a message");
                yield message(payload(Limits.FRAME_BYTES_MAX), last);
            }
            case BINARY -> throw new FrameFault(CloseCode.UNSUPPORTED_DATA, "a binary frame");
            case CLOSE -> close(control(last));
            case PING -> new Incoming.Ping(control(last));
            case PONG -> {
                control(last);
                yield new Incoming.Pong();
            }
            default -> throw new FrameFault(CloseCode.PROTOCOL_ERROR, "opcode " + opCode);
        };
    }

    private Incoming message(byte[] payload, boolean last) throws FrameFault {
        if (last && fragments == null) {
            return text(payload);
        }
        List<byte[]> parts = fragments == null ? new ArrayList<>() : fragments;
        parts.add(payload);
        fragments = parts;
        fragmentBytes += payload.length;
        if (!last) {
            if (parts.size() >= FRAGMENTS_MAX) {
                throw new FrameFault(CloseCode.TOO_LARGE, "too many fragments");
            }
            return new Incoming.Fragment();
        }
        byte[] whole = new byte[fragmentBytes];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        fragments = null;
        fragmentBytes = 0;
        return text(whole);
    }

    private static Incoming text(byte[] utf8) throws FrameFault {
        requireUtf8(utf8, 0);
        return new Incoming.Text(utf8);
    }

    private static Incoming close(byte[] payload) throws FrameFault {
        if (payload.length == 0) {
            return new Incoming.Close(true);
        }
        require(payload.length >= 2, "a close code of one byte");
        int code = ((payload[0] & 0xFF) << Byte.SIZE) | (payload[1] & 0xFF);
        require(
                code >= CLOSE_CODE_MIN && code <= CLOSE_CODE_MAX && !CLOSE_CODES_NEVER_SENT.contains(code),
                "close code " + code);
        requireUtf8(payload, 2);
        return new Incoming.Close(code == CloseCode.NORMAL.code() || code == CloseCode.GOING_AWAY.code());
    }

    private byte[] control(boolean last) throws FrameFault {
        require(last, "a control frame in fragments");
        return payload(CONTROL_BYTES_MAX);
    }

    private byte[] payload(int bytesMax) throws FrameFault {
        int second = in.read();
        require((second & MASKED) != 0, "an unmasked frame");
        long length = length(second & LENGTH);
        if (length < 0 || length > bytesMax) {
            // A control frame is not allowed to be longer; a message is just longer than we take.
            CloseCode code = bytesMax == CONTROL_BYTES_MAX ? CloseCode.PROTOCOL_ERROR : CloseCode.TOO_LARGE;
            throw new FrameFault(code, "a payload of " + length + " bytes");
        }
        byte[] mask = in.readBytes(MASK_BYTES);
        if (length == 0) {
            return new byte[0];
        }
        byte[] payload = in.readBytes((int) length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % MASK_BYTES];
        }
        return payload;
    }

    private long length(int short7Bits) {
        int bytes = switch (short7Bits) {
            case LENGTH_IN_16_BITS -> Short.BYTES;
            case LENGTH_IN_64_BITS -> Long.BYTES;
            default -> 0;
        };
        long length = bytes == 0 ? short7Bits : 0;
        for (int i = 0; i < bytes; i++) {
            length = (length << Byte.SIZE) | (in.read() & 0xFF);
        }
        return length;
    }

    private static void require(boolean holds, String otherwise) throws FrameFault {
        if (!holds) {
            throw new FrameFault(CloseCode.PROTOCOL_ERROR, otherwise);
        }
    }

    private static void requireUtf8(byte[] bytes, int from) throws FrameFault {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] < 0) {
                try {
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, i, bytes.length - i));
                    return;
                } catch (CharacterCodingException _) {
                    throw new FrameFault(CloseCode.INVALID_UTF8, "invalid UTF-8");
                }
            }
        }
    }
}
