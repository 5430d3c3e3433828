package dev.parley.client;

import dev.parley.client.SessionState.EndReason;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.Limits;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Problem;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A user's live session on one device, over as many connections as it takes. Threads: one runs the connections
/// and
/// reads ([ConnectionLoop]), one per connection writes ([Connection]), one calls the listener ([Showing]), and
/// one
/// keeps time (here). One lock guards the state that they share; none of them blocks while it holds it.
public final class LiveSession implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LiveSession.class);

    /// Messages that may be on their way; whoever wants to send one more waits.
    static final int PENDING_MAX = 1_000;

    /// Records that may wait for one before them.
    private static final int STASH_MAX = 2_000;

    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(100);

    /// How long a missing record may still come by itself, such as the acknowledgement of a message sent from
    /// here.
    private static final Duration GAP_PATIENCE = Duration.ofMillis(500);

    /// How often the server hears how far this device has processed.
    private static final int TICKS_PER_DELIVERED = 5;

    private static final Executor ANSWERING = Thread.ofVirtual().name("parley-client-answer")::start;

    private final ClientOptions.Timing timing;
    final Showing showing;

    final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    final SendQueue sends = new SendQueue(PENDING_MAX, RETRY_PAUSE);
    final RecordOrder order;

    /// The connection that takes sends; null while there is none.
    private @Nullable Connection connection;

    /// The connection on which the server has not said hello yet, and by when it must.
    private @Nullable Connection ungreeted;

    private long greetingDueNanos;

    private @Nullable SyncRounds rounds;
    private SessionState state;
    private final Set<String> toRefresh = new HashSet<>();
    private Optional<ClientFrame.PresenceWatch> watch = Optional.empty();
    private Duration heartbeat = Limits.HEARTBEAT;

    /// The version of the list up to which all was put up to be shown; empty if the list must be read.
    private OptionalLong listVersion;

    /// The epoch of all positions; empty if no server told of one yet. Only the reading thread changes it.
    Optional<String> epoch;

    private LiveSession(ClientOptions options, DeviceStore store, SessionListener listener) {
        this.timing = options.timing();
        this.order = new RecordOrder(store.cursors(), STASH_MAX);
        this.listVersion = store.listVersion();
        this.epoch = store.epoch();
        this.state = new SessionState.Connecting(options.urls().getFirst());
        this.showing = new Showing(store, listener, this::listenerFailed);
    }

    static LiveSession open(ClientOptions options, NodeCalls calls, DeviceStore store, SessionListener listener) {
        LiveSession session = new LiveSession(options, store, listener);
        session.showing.start();
        Thread.ofVirtual().name("parley-client-connection").start(new ConnectionLoop(options, calls, session)::run);
        Thread.ofVirtual().name("parley-client-time").start(session::keepTime);
        return session;
    }

    /// Sends a text and retries it with the same id until it is known what became of it, or the send deadline
    /// has
    /// passed. Messages to one conversation go in the order of the calls. Blocks while [#PENDING_MAX] messages
    /// are
    /// on their way.
    ///
    /// @return completes, never exceptionally, on a thread of its own
    public CompletableFuture<SendOutcome> send(String conversationId, String text) {
        return send(conversationId, UUID.randomUUID().toString(), text);
    }

    /// As above, with an id of the caller's choice.
    ///
    /// @param clientMessageId once per message; a message that is on its way may not be sent again
    public CompletableFuture<SendOutcome> send(String conversationId, String clientMessageId, String text) {
        long deadline = System.nanoTime() + timing.sendDeadline().toNanos();
        PendingSend send = new PendingSend(
                new ClientFrame.MessageSend(
                        conversationId, clientMessageId, new MessageBody.Text(text), Optional.empty()),
                deadline);
        lock.lock();
        try {
            if (sends.contains(clientMessageId)) {
                throw new IllegalArgumentException("message " + clientMessageId + " is on its way already");
            }
            Optional<String> obstacle = awaitRoom(deadline);
            if (obstacle.isPresent()) {
                return CompletableFuture.completedFuture(new SendOutcome.NotSent(obstacle.get()));
            }
            write(sends.add(send, System.nanoTime()));
        } finally {
            lock.unlock();
        }
        return send.outcome;
    }

    /// This device caused a record in another way than by [#send], so no node will tell it: fetch it soon.
    ///
    /// @param throughSeq the record's place; nothing is fetched if it was shown already
    void refresh(String conversationId, long throughSeq) {
        lock.lock();
        try {
            if (order.cursor(conversationId) < throughSeq) {
                toRefresh.add(conversationId);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Tells the server how far the user has read; best effort, the next call makes up for a lost one.
    public void markRead(String conversationId, long readThroughSeq) {
        lock.lock();
        try {
            write(List.of(new ClientFrame.CursorRead(conversationId, readThroughSeq, Optional.empty())));
        } finally {
            lock.unlock();
        }
    }

    /// Tells the others that the user is writing; call it again every few seconds for as long as it goes on.
    /// Best
    /// effort.
    public void typing(String conversationId) {
        typing(conversationId, true);
    }

    /// Tells the others that the user is writing, or has stopped.
    public void typing(String conversationId, boolean active) {
        lock.lock();
        try {
            write(List.of(new ClientFrame.Typing(conversationId, active, Optional.empty())));
        } finally {
            lock.unlock();
        }
    }

    /// Watches users, and the members of conversations of up to 50, instead of those watched before; larger
    /// conversations are told of once. Kept over reconnections until the next call.
    public void watch(List<String> userIds, List<String> conversationIds) {
        lock.lock();
        try {
            watch = Optional.of(new ClientFrame.PresenceWatch(userIds, conversationIds, Optional.empty()));
            watch.ifPresent(wish -> write(List.of(wish)));
        } finally {
            lock.unlock();
        }
    }

    public SessionState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the session is online.
    ///
    /// @return false if it is not by then, or has ended
    public boolean awaitOnline(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (!(state instanceof SessionState.Online)) {
                if (state instanceof SessionState.Ended || left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the session: what is still on its way is told as not sent or unknown. Returns when the listener has
    /// returned.
    @Override
    public void close() {
        Connection open;
        lock.lock();
        try {
            open = connection;
        } finally {
            lock.unlock();
        }
        end(new SessionState.Ended(EndReason.CLOSED, "closed", Optional.empty()));
        if (open != null) {
            open.close();
        }
        try {
            showing.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the session for good, once.
    void end(SessionState.Ended end) {
        List<PendingSend> left;
        Connection open;
        Connection opening;
        lock.lock();
        try {
            if (state instanceof SessionState.Ended) {
                return;
            }
            state = end;
            open = connection;
            opening = ungreeted;
            left = sends.drain();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (open != null && end.reason() != EndReason.CLOSED) {
            open.abort();
        }
        if (opening != null) {
            opening.abort();
        }
        left.forEach(send -> complete(send, send.givenUp("the session ended: " + end.detail())));
        showing.stop(end);
    }

    boolean hasEnded() {
        return state() instanceof SessionState.Ended;
    }

    /// Notes a new state and shows it. Called by the connection's thread only.
    void enter(SessionState next) {
        lock.lock();
        try {
            if (state instanceof SessionState.Ended) {
                return;
            }
            state = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        showing.state(next);
    }

    /// Everything missed has been shown on this connection, which may be gone by now.
    void online(Connection caughtUp, URI node) {
        lock.lock();
        try {
            if (connection != caughtUp || state instanceof SessionState.Online) {
                return;
            }
            state = new SessionState.Online(node);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        showing.state(new SessionState.Online(node));
    }

    /// The version of the list from which a connection resumes.
    OptionalLong listVersion() {
        lock.lock();
        try {
            return listVersion;
        } finally {
            lock.unlock();
        }
    }

    /// Everything up to this version of the list was put up to be shown.
    void reached(long inboxVersion) {
        lock.lock();
        try {
            listVersion = OptionalLong.of(inboxVersion);
        } finally {
            lock.unlock();
        }
        showing.listVersion(inboxVersion);
    }

    /// The next connection reads the whole list.
    void forgetListVersion() {
        lock.lock();
        try {
            listVersion = OptionalLong.empty();
        } finally {
            lock.unlock();
        }
    }

    /// Waits before the next connection, but no longer than until the session ends.
    void pause(Duration wait) throws InterruptedException {
        long left = wait.toNanos();
        lock.lock();
        try {
            while (left > 0 && !(state instanceof SessionState.Ended)) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// A connection is open and must be greeted in time; dropped at once if the session has ended meanwhile.
    void opened(Connection fresh) {
        lock.lock();
        try {
            if (state instanceof SessionState.Ended) {
                fresh.abort();
                return;
            }
            ungreeted = fresh;
            greetingDueNanos = System.nanoTime() + timing.connect().toNanos();
        } finally {
            lock.unlock();
        }
    }

    /// A connection is greeted: what is pending goes out on it.
    void attach(Connection fresh, SyncRounds freshRounds, Duration heartbeatWanted) {
        lock.lock();
        try {
            ungreeted = null;
            if (state instanceof SessionState.Ended) {
                fresh.abort();
                return;
            }
            connection = fresh;
            rounds = freshRounds;
            heartbeat = heartbeatWanted;
            watch.ifPresent(wish -> write(List.of(wish)));
            write(sends.connected(System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    void detach() {
        lock.lock();
        try {
            ungreeted = null;
            connection = null;
            rounds = null;
            sends.disconnected();
        } finally {
            lock.unlock();
        }
    }

    /// Puts frames on the present connection, if there is one. The lock is held.
    void write(List<ClientFrame> frames) {
        Connection present = connection;
        if (present != null) {
            present.send(frames);
        }
    }

    void complete(PendingSend send, SendOutcome outcome) {
        send.outcome.completeAsync(() -> outcome, ANSWERING);
    }

    /// A place in the queue became free.
    void signalRoom() {
        changed.signalAll();
    }

    private Optional<String> awaitRoom(long deadlineNanos) {
        try {
            while (sends.isFull() && !(state instanceof SessionState.Ended)) {
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return Optional.of(PENDING_MAX + " messages before it were still on their way");
                }
                changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted while waiting for messages before it");
        }
        return state instanceof SessionState.Ended ended
                ? Optional.of("the session has ended: " + ended.detail())
                : Optional.empty();
    }

    private void listenerFailed(RuntimeException failure) {
        log.error("session ended: reason=listener-failed", failure);
        end(new SessionState.Ended(
                EndReason.LISTENER_FAILED, "the listener failed: " + failure, Optional.<Problem>empty()));
    }

    /// Everything that happens because time passes.
    private void keepTime() {
        try {
            for (int tick = 1; !hasEnded(); tick++) {
                pause(TICK);
                List<PendingSend> expired;
                lock.lock();
                try {
                    expired = sends.expired(System.nanoTime());
                    if (!expired.isEmpty()) {
                        changed.signalAll();
                    }
                    tendConnection(tick);
                } finally {
                    lock.unlock();
                }
                expired.forEach(send -> complete(
                        send,
                        send.givenUp("no answer within " + timing.sendDeadline().toSeconds() + " s")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tendConnection(int tick) {
        Connection opening = ungreeted;
        if (opening != null && System.nanoTime() - greetingDueNanos >= 0) {
            log.info(
                    "connection dropped: reason=no-hello waitedMs={}",
                    timing.connect().toMillis());
            opening.abort();
            ungreeted = null;
        }
        Connection present = connection;
        SyncRounds presentRounds = rounds;
        if (present == null || presentRounds == null) {
            return;
        }
        Duration silence = present.silence();
        if (silence.compareTo(heartbeat.multipliedBy(2)) > 0) {
            log.info("connection dropped: reason=server-silent silentMs={}", silence.toMillis());
            present.abort();
            return;
        }
        long now = System.nanoTime();
        List<ClientFrame> frames = new ArrayList<>(sends.due(now));
        if (tick % Math.max(1, heartbeat.toMillis() / 2 / TICK.toMillis()) == 0) {
            frames.add(new ClientFrame.Ping(Optional.empty()));
        }
        List<String> gaps = order.gapsBefore(now - GAP_PATIENCE.toNanos());
        presentRounds.want(gaps);
        presentRounds.want(List.copyOf(toRefresh));
        toRefresh.clear();
        presentRounds.next().ifPresent(frames::add);
        if (tick % TICKS_PER_DELIVERED == 0) {
            showing.takeProcessed()
                    .forEach((conversationId, seq) ->
                            frames.add(new ClientFrame.CursorDelivered(conversationId, seq, Optional.empty())));
        }
        present.send(frames);
    }
}
