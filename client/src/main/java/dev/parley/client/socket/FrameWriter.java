package dev.parley.client.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Arrays;

/// Puts frames together, masked as RFC 6455 wants it of a client. Not safe for several threads: [WebSocketLink]
/// holds a lock around it.
final class FrameWriter {

    /// Buffered frames are written out once they come to this much, also without a flush.
    private static final int FLUSH_BYTES = 32 * 1024;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final OutputStream out;
    private byte[] buffer = new byte[1_024];
    private int size;

    /// Random bytes for the next masks, drawn many at once because each draw takes a lock.
    private final byte[] masks = new byte[256];

    private int masksUsed = masks.length;

    FrameWriter(OutputStream out) {
        this.out = out;
    }

    void add(int opcode, byte[] payload) throws IOException {
        ensure(payload.length + 14);
        buffer[size++] = (byte) (0x80 | opcode);
        if (payload.length < 126) {
            buffer[size++] = (byte) (0x80 | payload.length);
        } else if (payload.length <= 0xFFFF) {
            buffer[size++] = (byte) (0x80 | 126);
            buffer[size++] = (byte) (payload.length >>> 8);
            buffer[size++] = (byte) payload.length;
        } else {
            buffer[size++] = (byte) (0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                buffer[size++] = (byte) ((long) payload.length >>> shift);
            }
        }
        addMasked(payload);
        if (size >= FLUSH_BYTES) {
            flush();
        }
    }

    void flush() throws IOException {
        if (size > 0) {
            int bytes = size;
            size = 0;
            out.write(buffer, 0, bytes);
            out.flush();
        }
    }

    private void addMasked(byte[] payload) {
        if (masksUsed == masks.length) {
            RANDOM.nextBytes(masks);
            masksUsed = 0;
        }
        int mask = masksUsed;
        masksUsed += 4;
        System.arraycopy(masks, mask, buffer, size, 4);
        size += 4;
        for (int i = 0; i < payload.length; i++) {
            buffer[size + i] = (byte) (payload[i] ^ masks[mask + (i & 3)]);
        }
        size += payload.length;
    }

    private void ensure(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
        }
    }
}
