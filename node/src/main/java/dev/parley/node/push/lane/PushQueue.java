package dev.parley.node.push.lane;

import dev.parley.node.push.PushQueueTrouble;
import dev.parley.raftstorage.queue.LocalQueue;
import dev.parley.raftstorage.queue.LocalQueues;
import dev.parley.raftstorage.queue.QueueEntry;
import dev.parley.raftstorage.queue.QueueFullException;
import dev.parley.raftstorage.queue.SetAsideListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's local queue of pushes. It is only a work queue, whose entries can be made again from the outbox:
/// so it is
/// begun empty with each start, and again whenever it proves broken, instead of ending the node. Its numbers go
/// on over
/// that, so no number ever stands for two entries.
///
/// Used by the thread of [PushFeed] alone, but for [#close].
public final class PushQueue implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PushQueue.class);
    private static final String NAME = "push";

    /// Between two attempts: a disk that fails at once each time must not keep the node busy.
    private static final Duration RENEW_PAUSE = Duration.ofSeconds(2);

    private final LocalQueues queues;
    private final String life;
    private final Consumer<PushQueueTrouble> listener;
    private final AtomicReference<@Nullable Trouble> trouble = new AtomicReference<>();
    private volatile @Nullable LocalQueue queue;
    private @Nullable String setAside;
    private long generation;
    private long last;
    private long renewAtNanos = System.nanoTime();
    private boolean full;
    private boolean failing;

    /// @param generation of the queue that failed: its readers may say so when it was replaced long since
    private record Trouble(long generation, PushQueueTrouble when, Throwable cause) {}

    /// Opens nothing yet.
    ///
    /// @param queues where the queue lies; its listener is given
    /// @param life an id of the data that the pushes belong to
    /// @param listener told when a broken queue was replaced
    public PushQueue(Function<SetAsideListener, LocalQueues> queues, String life, Consumer<PushQueueTrouble> listener) {
        this.queues = queues.apply((_, reason) -> setAside = reason);
        this.life = life;
        this.listener = listener;
    }

    /// Number of the newest entry, also of those in a queue that was replaced.
    long lastNumber() {
        return last;
    }

    /// Begins the queue if there is none, or if it proved broken, and gives each lane a reader of it.
    ///
    /// @return whether it is a new one: whatever the one before held must be put in again
    boolean renew(List<PushLane> lanes) {
        @Nullable Trouble found = ofNow();
        if ((queue != null && found == null) || System.nanoTime() < renewAtNanos) {
            return false;
        }
        renewAtNanos = System.nanoTime() + RENEW_PAUSE.toNanos();
        closeQueue();
        try {
            begin(lanes);
        } catch (RuntimeException | AssertionError | InternalError e) {
            closeQueue();
            if (!failing) {
                LOG.error("push queue cannot be begun, pushes wait in the outbox", e);
            }
            failing = true;
            return false;
        }
        failing = false;
        tell(found);
        return true;
    }

    private void begin(List<PushLane> lanes) {
        LocalQueue opened = queues.open(NAME, life);
        queue = opened;
        opened.clear();
        generation++;
        long mine = generation;
        for (PushLane lane : lanes) {
            lane.readFrom(opened.reader(0), last, cause -> failed(new Trouble(mine, PushQueueTrouble.READ, cause)));
        }
    }

    private void tell(@Nullable Trouble found) {
        if (found != null) {
            LOG.error("push queue begun anew from the outbox: reason=broken when={}", found.when(), found.cause());
            listener.accept(found.when());
        } else if (generation == 1 && setAside != null) {
            LOG.warn("push queue begun anew from the outbox: reason={}", setAside);
            listener.accept(PushQueueTrouble.START);
        }
        setAside = null;
    }

    /// Appends all of them.
    ///
    /// @return false if there is no room, or no queue, just now
    boolean append(Collection<PushItem> items) {
        if (items.isEmpty()) {
            return true; // says nothing of the room there is
        }
        LocalQueue open = queue;
        if (open == null || ofNow() != null) {
            return false;
        }
        List<QueueEntry> entries = new ArrayList<>(items.size());
        long number = last;
        for (PushItem item : items) {
            entries.add(new QueueEntry(++number, item.encoded()));
        }
        try {
            open.append(entries);
            last = number;
            full = false;
            return true;
        } catch (QueueFullException e) {
            if (!full) {
                LOG.warn("pushes wait in the outbox: reason={}", e.getMessage());
            }
            full = true;
        } catch (RuntimeException | AssertionError | InternalError e) {
            failed(new Trouble(generation, PushQueueTrouble.APPEND, e));
        }
        return false;
    }

    /// Entries up to a number are done with.
    void release(long throughNumber) {
        LocalQueue open = queue;
        if (open != null) {
            try {
                open.release(throughNumber);
            } catch (RuntimeException | AssertionError | InternalError e) {
                failed(new Trouble(generation, PushQueueTrouble.APPEND, e));
            }
        }
    }

    /// What is wrong with the queue as it is now.
    private @Nullable Trouble ofNow() {
        Trouble found = trouble.get();
        return found != null && found.generation() == generation ? found : null;
    }

    /// The first to fail is heard. Any thread.
    private void failed(Trouble heard) {
        trouble.accumulateAndGet(
                heard, (before, now) -> before != null && before.generation() >= now.generation() ? before : now);
    }

    private void closeQueue() {
        LocalQueue open = queue;
        queue = null;
        if (open != null) {
            try {
                open.close();
            } catch (RuntimeException | AssertionError | InternalError e) {
                LOG.warn("push queue not closed", e);
            }
        }
    }

    @Override
    public void close() {
        closeQueue();
    }
}
