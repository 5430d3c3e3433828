package dev.parley.node.edge;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A well-behaved client on the JDK's own WebSocket.
final class LiveSocket implements AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final BlockingQueue<ServerFrame> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocket socket;

    private LiveSocket(EdgeFixture edge, String token) throws Exception {
        socket = connect(edge, token, new Listener());
    }

    /// Connects and takes the `hello`.
    static LiveSocket open(EdgeFixture edge, String token) throws Exception {
        LiveSocket live = new LiveSocket(edge, token);
        live.next(ServerFrame.Hello.class);
        return live;
    }

    /// Connects without taking anything.
    static WebSocket connect(EdgeFixture edge, String token, WebSocket.Listener listener) throws Exception {
        WebSocket.Builder builder = edge.http().newWebSocketBuilder().subprotocols("parley.v1");
        if (!token.isEmpty()) {
            builder.header("Authorization", "Bearer " + token);
        }
        try {
            return builder.buildAsync(edge.uri("ws", "/connect"), listener).get(WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    void send(ClientFrame frame) throws Exception {
        sendText(new String(FrameJson.encode(frame), StandardCharsets.UTF_8));
    }

    void sendText(String text) throws Exception {
        socket.sendText(text, true).get(WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    /// The next frame, which must be of this type.
    <F extends ServerFrame> F next(Class<F> type) throws InterruptedException {
        ServerFrame frame;
        do {
            frame = frames.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
            // News of the list comes at any time.
        } while (!type.isInstance(frame)
                && (frame instanceof ServerFrame.ConversationUpdated || frame instanceof ServerFrame.SyncMark));
        if (!type.isInstance(frame)) {
            throw new AssertionError("expected %s, but got %s; close code %s"
                    .formatted(type.getSimpleName(), frame, closed.isDone() ? closed.getNow(0) : "none"));
        }
        return type.cast(frame);
    }

    /// The frame that has come, or null.
    @Nullable
    ServerFrame poll() {
        return frames.poll();
    }

    /// The code with which the server closed.
    int closeCode() throws Exception {
        return closed.get(WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                frames.add(FrameJson.decodeServer(message.toString().getBytes(StandardCharsets.UTF_8)));
                message.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closed.complete(statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closed.completeExceptionally(error);
        }
    }
}
