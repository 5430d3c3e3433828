package dev.parley.node.session;

import dev.parley.protocol.CloseCode;
import java.nio.charset.StandardCharsets;

/// Server frames of RFC 6455: never masked, never fragmented, so the same bytes go to many sessions.
public final class WireFrames {
    private static final int FIN = 0x80;
    private static final int TEXT = 0x1;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;
    private static final int LENGTH_7_BITS_MAX = 125;
    private static final int LENGTH_16_BITS_MAX = 0xFFFF;
    private static final int LENGTH_IN_16_BITS = 126;
    private static final int LENGTH_IN_64_BITS = 127;

    private static final byte[] PING_FRAME = frame(PING, new byte[0]);

    public static byte[] text(byte[] utf8) {
        return frame(TEXT, utf8);
    }

    public static byte[] ping() {
        return PING_FRAME;
    }

    public static byte[] pong(byte[] payload) {
        return frame(PONG, payload);
    }

    public static byte[] close(CloseCode code) {
        byte[] reason = code.reason().getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[2 + reason.length];
        payload[0] = (byte) (code.code() >>> 8);
        payload[1] = (byte) code.code();
        System.arraycopy(reason, 0, payload, 2, reason.length);
        return frame(CLOSE, payload);
    }

    private static byte[] frame(int opCode, byte[] payload) {
        int lengthBytes = payload.length <= LENGTH_7_BITS_MAX ? 0 : payload.length <= LENGTH_16_BITS_MAX ? 2 : 8;
        byte[] frame = new byte[2 + lengthBytes + payload.length];
        frame[0] = (byte) (FIN | opCode);
        frame[1] = (byte)
                switch (lengthBytes) {
                    case 0 -> payload.length;
                    case 2 -> LENGTH_IN_16_BITS;
                    default -> LENGTH_IN_64_BITS;
                };
        for (int i = 0; i < lengthBytes; i++) {
            int shift = Byte.SIZE * (lengthBytes - 1 - i);
            frame[2 + i] = (byte) ((long) payload.length >>> shift);
        }
        System.arraycopy(payload, 0, frame, 2 + lengthBytes, payload.length);
        return frame;
    }

    private WireFrames() {}
}
