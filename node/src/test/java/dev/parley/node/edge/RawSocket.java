package dev.parley.node.edge;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/// A client that may break every rule of HTTP and RFC 6455: it sends bytes and reads frames.
final class RawSocket implements AutoCloseable {
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CONTINUATION = 0x0;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;
    static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private RawSocket(EdgeFixture edge, int receiveBufferBytes, UnaryOperator<InputStream> pace) throws IOException {
        socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), edge.server.port()));
        socket.setSoTimeout(15_000);
        in = new DataInputStream(pace.apply(socket.getInputStream()));
        out = socket.getOutputStream();
    }

    /// One frame of the server.
    record Frame(int opCode, String payload, int closeCode) {}

    /// A connection on which nothing was said.
    static RawSocket connect(EdgeFixture edge) throws IOException {
        return new RawSocket(edge, 0, UnaryOperator.identity());
    }

    /// A WebSocket whose `hello` was read.
    static RawSocket open(EdgeFixture edge, String token) throws IOException {
        return open(edge, token, 0);
    }

    /// The same with a small receive buffer, so that a client that does not read stops the server soon.
    static RawSocket open(EdgeFixture edge, String token, int receiveBufferBytes) throws IOException {
        return open(edge, token, receiveBufferBytes, UnaryOperator.identity());
    }

    /// The same, reading through a stream that may take its time.
    static RawSocket open(EdgeFixture edge, String token, int receiveBufferBytes, UnaryOperator<InputStream> pace)
            throws IOException {
        RawSocket raw = new RawSocket(edge, receiveBufferBytes, pace);
        String status = raw.handshake(Map.of("Authorization", "Bearer " + token));
        if (!status.contains(" 101 ")) {
            throw new IOException("not switched: " + status);
        }
        raw.read();
        return raw;
    }

    /// Sends a handshake with more or other headers; an empty value leaves a header out.
    ///
    /// @return the head of the response
    String handshake(Map<String, String> more) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Host", "127.0.0.1:" + socket.getPort());
        headers.put("Connection", "Upgrade");
        headers.put("Upgrade", "websocket");
        headers.put("Sec-WebSocket-Version", "13");
        headers.put("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        headers.putAll(more);
        StringBuilder request = new StringBuilder("GET /connect HTTP/1.1\r\n");
        headers.forEach((name, value) -> {
            if (!value.isEmpty()) {
                request.append(name).append(": ").append(value).append("\r\n");
            }
        });
        send(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        return readHead();
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /// Sends a masked frame.
    ///
    /// @param first FIN, reserved bits and opcode
    void frame(int first, byte[] payload) throws IOException {
        byte[] head = head(first, payload.length, true);
        byte[] frame = new byte[head.length + MASK.length + payload.length];
        System.arraycopy(head, 0, frame, 0, head.length);
        System.arraycopy(MASK, 0, frame, head.length, MASK.length);
        for (int i = 0; i < payload.length; i++) {
            frame[head.length + MASK.length + i] = (byte) (payload[i] ^ MASK[i % MASK.length]);
        }
        send(frame);
    }

    void text(String text) throws IOException {
        frame(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /// The head of a frame, without the mask.
    static byte[] head(int first, long length, boolean masked) {
        int mask = masked ? MASKED : 0;
        if (length >= 0 && length <= 125) {
            return new byte[] {(byte) first, (byte) (mask | length)};
        }
        if (length >= 0 && length <= 0xFFFF) {
            return new byte[] {(byte) first, (byte) (mask | 126), (byte) (length >>> 8), (byte) length};
        }
        byte[] head = new byte[10];
        head[0] = (byte) first;
        head[1] = (byte) (mask | 127);
        for (int i = 0; i < 8; i++) {
            head[2 + i] = (byte) (length >>> (56 - 8 * i));
        }
        return head;
    }

    /// Reads a frame of the server, whose frames are whole and unmasked.
    Frame read() throws IOException {
        int opCode = in.readUnsignedByte() & 0x0F;
        long length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] payload = in.readNBytes((int) length);
        if (payload.length < length) {
            throw new EOFException("a frame that ends too early");
        }
        int closeCode = opCode == CLOSE && length >= 2 ? ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF) : 0;
        return new Frame(opCode, new String(payload, StandardCharsets.UTF_8), closeCode);
    }

    /// Reads on to the close frame.
    int readCloseCode() throws IOException {
        Frame frame = read();
        while (frame.opCode() != CLOSE) {
            frame = read();
        }
        return frame.closeCode();
    }

    /// Reads up to the empty line after the headers.
    String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return head.toString();
            }
            head.append((char) c);
        }
        return head.toString();
    }

    /// All that comes until the server closes.
    String readAll() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
