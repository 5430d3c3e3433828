package dev.parley.client.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// One WebSocket connection. One thread runs [#read] for as long as it lasts; any thread may send or close. Sending
/// blocks while the server takes nothing: whoever owns the link watches for silence and calls [#abort].
public final class WebSocketLink implements AutoCloseable {

    private static final int CODE_NORMAL = 1000;
    private static final int CODE_PROTOCOL_ERROR = 1002;
    private static final int REASON_BYTES_MAX = 123;

    /// How long [#close] waits for the lock and then for the server's close frame before it drops the connection.
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    private final Socket socket;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final ReentrantLock writing = new ReentrantLock();
    private final CountDownLatch readingEnded = new CountDownLatch(1);
    private volatile long lastHeardNanos = System.nanoTime();

    private WebSocketLink(Socket socket) throws IOException {
        this.socket = socket;
        this.reader = new FrameReader(socket.getInputStream());
        this.writer = new FrameWriter(socket.getOutputStream());
    }

    /// Connects and upgrades.
    ///
    /// @param url `ws://…` or `wss://…`
    /// @throws UpgradeRefusedException if the server answered, but not with 101
    /// @throws IOException if there is no such connection to be had
    public static WebSocketLink open(URI url, String bearer, String subprotocol, Duration timeout) throws IOException {
        Socket socket = connect(url, timeout);
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
            UpgradeRequest upgrade = new UpgradeRequest(url, bearer, subprotocol);
            upgrade.write(socket.getOutputStream());
            upgrade.check(socket.getInputStream());
            socket.setSoTimeout(0);
            return new WebSocketLink(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket connect(URI url, Duration timeout) throws IOException {
        boolean secure = "wss".equals(url.getScheme());
        if (!secure && !"ws".equals(url.getScheme())) {
            throw new IOException("a WebSocket URL starts with ws:// or wss://, not \"" + url + "\"");
        }
        int port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(url.getHost(), port), Math.toIntExact(timeout.toMillis()));
            if (!secure) {
                return plain;
            }
            SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
            SSLSocket tls = (SSLSocket) factory.createSocket(plain, url.getHost(), port, true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            plain.setSoTimeout(Math.toIntExact(timeout.toMillis()));
            tls.startHandshake();
            return tls;
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    /// Reads until the connection ends and says how it ended. Called once, by the thread that owns the reading.
    public Closed read(FrameHandler handler) {
        Reading reading = new Reading(handler);
        try {
            while (reading.closed == null) {
                reader.next(reading);
                lastHeardNanos = System.nanoTime();
                if (!reader.hasMore()) {
                    handler.drained();
                }
            }
            return reading.closed;
        } catch (FrameReader.ProtocolViolationException e) {
            sayClose(CODE_PROTOCOL_ERROR, "protocol-error");
            return new Closed(Closed.ABNORMAL, "the server broke the WebSocket protocol: " + e.getMessage());
        } catch (IOException e) {
            return new Closed(Closed.ABNORMAL, String.valueOf(e.getMessage()));
        } finally {
            abort();
            readingEnded.countDown();
        }
    }

    /// Sends one text message, UTF-8, at once.
    public void send(byte[] text) throws IOException {
        write(FrameReader.TEXT, text, true);
    }

    /// Adds one text message to those that the next [#flush] sends.
    public void sendLater(byte[] text) throws IOException {
        write(FrameReader.TEXT, text, false);
    }

    public void flush() throws IOException {
        writing.lock();
        try {
            writer.flush();
        } finally {
            writing.unlock();
        }
    }

    public void ping() throws IOException {
        write(FrameReader.PING, new byte[0], true);
    }

    /// Time since the server was heard from last.
    public Duration silence() {
        return Duration.ofNanos(System.nanoTime() - lastHeardNanos);
    }

    /// Ends the connection in good order, and drops it if the server does not join in within a second.
    @Override
    public void close() {
        sayClose(CODE_NORMAL, "");
        try {
            readingEnded.await(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        abort();
    }

    /// Drops the connection; a thread that is blocked in it returns.
    public void abort() {
        try {
            socket.close();
        } catch (IOException e) {
            // The socket is gone either way, which is all that was wanted.
            readingEnded.countDown();
        }
    }

    private void write(int opcode, byte[] payload, boolean flush) throws IOException {
        writing.lock();
        try {
            writer.add(opcode, payload);
            if (flush) {
                writer.flush();
            }
        } finally {
            writing.unlock();
        }
    }

    /// Best effort: a writer that hangs in the socket holds the lock, and then there is nothing to be said.
    private void sayClose(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] payload = Arrays.copyOf(new byte[] {(byte) (code >>> 8), (byte) code}, 2 + text.length);
        System.arraycopy(text, 0, payload, 2, text.length);
        try {
            if (writing.tryLock(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    writer.add(FrameReader.CLOSE, payload);
                    writer.flush();
                } finally {
                    writing.unlock();
                }
            }
        } catch (IOException e) {
            abort(); // the connection is broken: the close frame has no reader any more
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What [#read] does with each frame.
    private final class Reading implements FrameReader.Sink {

        private final FrameHandler handler;
        private @org.jspecify.annotations.Nullable Closed closed;

        Reading(FrameHandler handler) {
            this.handler = handler;
        }

        @Override
        public void frame(int opcode, byte[] buffer, int offset, int length) throws IOException {
            switch (opcode) {
                case FrameReader.TEXT -> handler.text(buffer, offset, length);
                case FrameReader.PING ->
                    write(FrameReader.PONG, Arrays.copyOfRange(buffer, offset, offset + length), true);
                case FrameReader.PONG -> handler.pong();
                case FrameReader.CLOSE -> {
                    closed = parseClose(buffer, offset, length);
                    sayClose(closed.code() == Closed.NO_CODE ? CODE_NORMAL : closed.code(), "");
                }
                default -> throw new IllegalStateException("FrameReader lets no opcode " + opcode + " through");
            }
        }

        private static Closed parseClose(byte[] buffer, int offset, int length) {
            if (length < 2) {
                return new Closed(Closed.NO_CODE, "");
            }
            int code = (buffer[offset] & 0xFF) << 8 | (buffer[offset + 1] & 0xFF);
            int reasonBytes = Math.min(length - 2, REASON_BYTES_MAX);
            return new Closed(code, new String(buffer, offset + 2, reasonBytes, StandardCharsets.UTF_8));
        }
    }
}
