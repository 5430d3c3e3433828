package dev.parley.client.socket;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Cuts the server's bytes into frames. Owned by the reading thread. A frame that fits is handed on where it lies in
/// the
/// buffer; only fragments are copied together.
final class FrameReader {

    static final int TEXT = 0x1;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;
    private static final int CONTINUATION = 0x0;
    private static final int CONTROL_BYTES_MAX = 125;

    /// A page of 200 messages of 4 KB in escapes only stays below this; more is not from Parley.
    static final int MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

    private final InputStream in;
    private byte[] buffer = new byte[8 * 1024];
    private int start;
    private int end;

    private byte[] message = new byte[0];
    private boolean fragmented;

    FrameReader(InputStream in) {
        this.in = in;
    }

    /// Whether a whole frame header lies in the buffer already, so that the next [#next] need not wait for its start.
    boolean hasMore() {
        return end - start >= 2;
    }

    /// Reads until one frame is complete and hands it to the sink.
    ///
    /// @throws ProtocolViolationException if the bytes are no WebSocket frames of a server
    /// @throws EOFException if the connection ended
    void next(Sink sink) throws IOException {
        need(2);
        int first = buffer[start] & 0xFF;
        int second = buffer[start + 1] & 0xFF;
        int opcode = first & 0x0F;
        boolean last = (first & 0x80) != 0;
        if ((first & 0x70) != 0 || (second & 0x80) != 0) {
            throw new ProtocolViolationException("a server's frame must be unmasked and without extension bits");
        }
        int header = second == 126 ? 4 : second == 127 ? 10 : 2;
        need(header);
        long length = length(second);
        if (length > MESSAGE_BYTES_MAX || (opcode >= CLOSE && (length > CONTROL_BYTES_MAX || !last))) {
            throw new ProtocolViolationException("a frame of " + length + " bytes, opcode " + opcode);
        }
        int payload = (int) length;
        need(header + payload);
        int offset = start + header;
        start = offset + payload;
        deliver(sink, opcode, last, offset, payload);
    }

    private void deliver(Sink sink, int opcode, boolean last, int offset, int length) throws IOException {
        switch (opcode) {
            case TEXT, CONTINUATION -> {
                if ((opcode == CONTINUATION) != fragmented) {
                    throw new ProtocolViolationException(
                            "a fragment without its beginning, or a new message within one");
                }
                if (last && !fragmented) {
                    sink.frame(TEXT, buffer, offset, length);
                    return;
                }
                append(offset, length);
                fragmented = !last;
                if (last) {
                    byte[] whole = message;
                    message = new byte[0];
                    sink.frame(TEXT, whole, 0, whole.length);
                }
            }
            case CLOSE, PING, PONG -> sink.frame(opcode, buffer, offset, length);
            default -> throw new ProtocolViolationException("a frame with opcode " + opcode);
        }
    }

    private void append(int offset, int length) throws IOException {
        if (message.length + length > MESSAGE_BYTES_MAX) {
            throw new ProtocolViolationException("a message of more than " + MESSAGE_BYTES_MAX + " bytes");
        }
        byte[] longer = Arrays.copyOf(message, message.length + length);
        System.arraycopy(buffer, offset, longer, message.length, length);
        message = longer;
    }

    private long length(int second) {
        if (second < 126) {
            return second;
        }
        int bytes = second == 126 ? 2 : 8;
        long length = 0;
        for (int i = 0; i < bytes; i++) {
            length = length << 8 | (buffer[start + 2 + i] & 0xFF);
        }
        return length < 0 ? Long.MAX_VALUE : length;
    }

    private void need(int bytes) throws IOException {
        if (end - start >= bytes) {
            return;
        }
        if (bytes > buffer.length - start) {
            byte[] target = bytes > buffer.length ? new byte[Math.max(bytes, buffer.length * 2)] : buffer;
            System.arraycopy(buffer, start, target, 0, end - start);
            end -= start;
            start = 0;
            buffer = target;
        }
        while (end - start < bytes) {
            int count = in.read(buffer, end, buffer.length - end);
            if (count < 0) {
                throw new EOFException("the connection ended without a close frame");
            }
            end += count;
        }
    }

    /// Takes one frame; the bytes are only good until it returns.
    interface Sink {
        void frame(int opcode, byte[] buffer, int offset, int length) throws IOException;
    }

    /// The server broke RFC 6455.
    @SuppressWarnings("serial") // never serialized
    static final class ProtocolViolationException extends IOException {
        ProtocolViolationException(String what) {
            super(what);
        }
    }
}
