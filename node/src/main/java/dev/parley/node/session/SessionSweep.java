package dev.parley.node.session;

import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.ServerFrame;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Looks after all sessions of a node on one thread: every second heartbeats and limits in time, and at the end
/// the
/// orderly leaving of all.
public final class SessionSweep {
    private static final long EVERY_MILLIS = 1_000;
    private static final Duration STOP_MAX = Duration.ofSeconds(2);

    /// How much longer than its window a drain may take: the grace of the last session that was closed, and a
    /// sweep.
    private static final Duration DRAIN_EXTRA = Duration.ofSeconds(7);

    private static final long DRAIN_LOOK_MILLIS = 20;

    private final SessionRegistry sessions;
    private final Clock clock;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Worker worker;

    private SessionSweep(SessionRegistry sessions, Clock clock) {
        this.sessions = sessions;
        this.clock = clock;
        this.worker = Worker.start("session-sweep", Worker.Kind.PLATFORM, Fault.logged(), this::run);
    }

    public static SessionSweep start(SessionRegistry sessions, Clock clock) {
        return new SessionSweep(sessions, clock);
    }

    /// Tells every session to reconnect elsewhere, then closes them one after the other with 1012. Blocks until
    /// all are
    /// gone, or a few seconds longer than the window.
    public void drain(Duration window) throws InterruptedException {
        List<Session> leaving = new ArrayList<>();
        sessions.forEach(leaving::add);
        int seconds = (int) Math.max(1, window.toSeconds());
        leaving.forEach(session -> session.send(new ServerFrame.Drain(seconds, Optional.empty())));
        long start = System.nanoTime();
        for (int i = 0; i < leaving.size(); i++) {
            long due = window.toNanos() * (i + 1) / leaving.size();
            if (stopping.await(due - (System.nanoTime() - start), TimeUnit.NANOSECONDS)) {
                return;
            }
            leaving.get(i).close(CloseCode.RESTARTING);
        }
        // Also those that were registered while the list was made.
        sessions.forEach(session -> session.close(CloseCode.RESTARTING));
        long limit = window.plus(DRAIN_EXTRA).toNanos();
        while (!sessions.live().isEmpty() && System.nanoTime() - start < limit) {
            if (stopping.await(DRAIN_LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    public void stop() {
        stopping.countDown();
        worker.stop(STOP_MAX);
    }

    private void run() throws InterruptedException {
        while (!stopping.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
            sessions.forEach(session -> session.sweep(clock.instant(), sessions.positions()));
        }
    }
}
