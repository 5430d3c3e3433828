package dev.parley.cli.bench;

import dev.parley.client.ParleyClient;
import dev.parley.client.socket.FrameHandler;
import dev.parley.client.socket.WebSocketLink;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's connection, opened again at the next URL whenever it ends. The thinner sibling of the library's live
/// session: no queues and no hand-offs; a virtual thread reads and handles each frame where it stands.
abstract class BenchLink implements FrameHandler {

    private static final Logger log = LoggerFactory.getLogger(BenchLink.class);

    private static final int PAUSE_MILLIS_MIN = 50;
    private static final int PAUSE_MILLIS_MAX = 400;
    private static final Duration SILENCE_MAX = Duration.ofSeconds(40);

    private final ParleyClient user;
    private final BenchPlan plan;
    private final Meters meters;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch greetedOnce = new CountDownLatch(1);
    private int urlNumber;

    /// The connection that was greeted; null while there is none.
    private volatile @Nullable WebSocketLink link;

    BenchLink(ParleyClient user, BenchPlan plan, Meters meters, int urlNumber) {
        this.user = user;
        this.plan = plan;
        this.meters = meters;
        this.urlNumber = urlNumber;
    }

    void start(String name) {
        Thread.ofVirtual().name(name).start(this::run);
    }

    boolean awaitGreeted(Duration patience) throws InterruptedException {
        return greetedOnce.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean isConnected() {
        return link != null;
    }

    /// Ends the connection and its thread.
    void stop() throws InterruptedException {
        stopping.countDown();
        WebSocketLink open = link;
        if (open != null) {
            open.close();
        }
        ended.await();
    }

    /// Keeps the connection busy enough for the server, and drops it if the server is silent for too long.
    void heartbeat() {
        WebSocketLink open = link;
        if (open == null) {
            return;
        }
        try {
            open.ping();
        } catch (IOException e) {
            log.debug("ping failed: reason={}", e.getMessage()); // its reader sees the same and reconnects
        }
        if (open.silence().compareTo(SILENCE_MAX) > 0) {
            open.abort();
        }
    }

    /// The server said hello on a connection.
    abstract void greeted(WebSocketLink fresh);

    /// Handles one frame other than `hello`.
    abstract void frame(byte[] buffer, int offset, int length);

    /// Sends if there is a connection; what it returns or loses is settled by the next [#greeted].
    void send(byte[] frame, boolean now) {
        WebSocketLink open = link;
        if (open != null) {
            try {
                if (now) {
                    open.send(frame);
                } else {
                    open.sendLater(frame);
                }
            } catch (IOException e) {
                open.abort(); // the reader sees it too and reconnects
            }
        }
    }

    @Override
    public final void text(byte[] buffer, int offset, int length) {
        if (link == null && startsWithHello(buffer, offset, length)) {
            WebSocketLink fresh = opening;
            if (fresh != null) {
                link = fresh;
                greetedOnce.countDown();
                greeted(fresh);
            }
            return;
        }
        frame(buffer, offset, length);
    }

    @Override
    public final void drained() {
        WebSocketLink open = link;
        if (open != null) {
            try {
                open.flush();
            } catch (IOException e) {
                open.abort(); // the reader sees it too and reconnects
            }
        }
    }

    /// The connection that is open but not greeted yet; only the reading thread uses it.
    private @Nullable WebSocketLink opening;

    private void run() {
        try {
            while (stopping.getCount() > 0) {
                runOneConnection();
                if (stopping.getCount() > 0) {
                    meters.reconnects.increment();
                    urlNumber++;
                    int pause = ThreadLocalRandom.current().nextInt(PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX);
                    stopping.await(pause, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    private void runOneConnection() {
        try {
            WebSocketLink fresh = user.openLink(plan.urlOf(urlNumber));
            opening = fresh;
            log.debug("connection ended: {}", fresh.read(this));
        } catch (IOException e) {
            log.debug("cannot connect: reason={}", e.getMessage()); // counted as a reconnect; another URL is next
        } finally {
            link = null;
            opening = null;
        }
    }

    private static boolean startsWithHello(byte[] buffer, int offset, int length) {
        String start = new String(buffer, offset, Math.min(length, 200), java.nio.charset.StandardCharsets.UTF_8);
        return start.contains("\"hello\"");
    }
}
