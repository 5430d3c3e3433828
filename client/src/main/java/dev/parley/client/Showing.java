package dev.parley.client;

import dev.parley.protocol.Message;
import dev.parley.protocol.Rest;
import dev.parley.protocol.ServerFrame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls the listener on a thread of its own, one thing after another, and advances the device's cursor behind
/// it. The
/// queue before it is bounded: when it is full, the reader of the connection waits.
final class Showing {

    private static final Logger log = LoggerFactory.getLogger(Showing.class);

    private static final int EVENTS_MAX = 1_024;
    private static final int POLL_SECONDS = 1;

    /// One thing to show.
    private sealed interface Event {
        record Shown(Message message) implements Event {}

        record Receipt(SessionListener.Receipt receipt) implements Event {}

        record Typing(SessionListener.Typing typing) implements Event {}

        record Updated(ServerFrame.ConversationUpdated update) implements Event {}

        /// All before it stands for this version of the list.
        record ListVersion(long inboxVersion) implements Event {}

        /// All after it is of this epoch.
        record Epoch(String epoch) implements Event {}

        /// The device begins a conversation behind this record.
        record Begun(String conversationId, long behindSeq) implements Event {}

        record Presence(List<Rest.UserPresence> users) implements Event {}

        record State(SessionState state) implements Event {}
    }

    private final DeviceStore store;
    private final SessionListener listener;
    private final Consumer<RuntimeException> onFailure;
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(EVENTS_MAX);
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Long> processed = new HashMap<>();
    private volatile boolean stopped;

    /// @param onFailure told when the listener or the store threw; nothing is shown any more after that
    Showing(DeviceStore store, SessionListener listener, Consumer<RuntimeException> onFailure) {
        this.store = store;
        this.listener = listener;
        this.onFailure = onFailure;
        this.thread = Thread.ofVirtual().name("parley-client-listener").unstarted(this::showAll);
    }

    void start() {
        thread.start();
    }

    void record(Message message) {
        put(new Event.Shown(message));
    }

    void receipt(SessionListener.Receipt receipt) {
        put(new Event.Receipt(receipt));
    }

    /// Not worth a wait: left out if the listener is slow.
    void typing(SessionListener.Typing typing) {
        if (!events.offer(new Event.Typing(typing))) {
            log.debug("typing not shown: reason=listener-slow");
        }
    }

    void updated(ServerFrame.ConversationUpdated update) {
        put(new Event.Updated(update));
    }

    void listVersion(long inboxVersion) {
        put(new Event.ListVersion(inboxVersion));
    }

    void epoch(String epoch) {
        put(new Event.Epoch(epoch));
    }

    void begun(String conversationId, long behindSeq) {
        put(new Event.Begun(conversationId, behindSeq));
    }

    void presence(List<Rest.UserPresence> users) {
        put(new Event.Presence(users));
    }

    void state(SessionState state) {
        put(new Event.State(state));
    }

    /// What was processed since this was asked last: conversation to sequence number.
    Map<String, Long> takeProcessed() {
        lock.lock();
        try {
            Map<String, Long> taken = Map.copyOf(processed);
            processed.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /// Shows the last state and nothing after it; records that still wait stay unprocessed and come again next
    /// time.
    void stop(SessionState last) {
        stopped = true;
        events.clear();
        if (!events.offer(new Event.State(last))) {
            log.debug("last state not shown: reason=queue-full");
        }
    }

    /// Waits until the listener has returned, unless the listener itself asks.
    void awaitEnd() throws InterruptedException {
        if (Thread.currentThread() != thread) {
            thread.join();
        }
    }

    private void put(Event event) {
        try {
            while (!stopped && !events.offer(event, POLL_SECONDS, TimeUnit.SECONDS)) {
                log.debug("reading waits: reason=listener-slow queued={}", events.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void showAll() {
        try {
            while (true) {
                Event event = events.poll(POLL_SECONDS, TimeUnit.SECONDS);
                if (event != null) {
                    show(event);
                    if (event instanceof Event.State(SessionState.Ended _)) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            onFailure.accept(e);
        }
    }

    private void show(Event event) {
        switch (event) {
            case Event.Shown(Message message) -> {
                listener.onRecord(message);
                store.advance(message.conversationId(), message.conversationSeq());
                noteProcessed(message);
            }
            case Event.Receipt(SessionListener.Receipt receipt) -> listener.onReceipt(receipt);
            case Event.Typing(SessionListener.Typing typing) -> listener.onTyping(typing);
            case Event.Updated(var update) ->
                listener.onConversation(new SessionListener.Conversation(
                        update.conversationId(),
                        update.member(),
                        update.headSeq(),
                        update.readThroughSeq(),
                        update.unread(),
                        update.muted(),
                        update.mentioned()));
            case Event.ListVersion(long inboxVersion) -> store.advanceList(inboxVersion);
            case Event.Epoch(String epoch) -> {
                store.enter(epoch);
                var _ = takeProcessed(); // what was processed before is nothing to tell of now
            }
            case Event.Begun(String conversationId, long behindSeq) -> store.advance(conversationId, behindSeq);
            case Event.Presence(List<Rest.UserPresence> users) -> listener.onPresence(users);
            case Event.State(SessionState state) -> listener.onState(state);
        }
    }

    private void noteProcessed(Message message) {
        lock.lock();
        try {
            processed.merge(message.conversationId(), message.conversationSeq(), Math::max);
        } finally {
            lock.unlock();
        }
    }
}
