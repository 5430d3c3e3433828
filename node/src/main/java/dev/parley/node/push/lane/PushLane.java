package dev.parley.node.push.lane;

import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushDesk;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.queue.LocalQueue;
import dev.parley.raftstorage.queue.QueueEntry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The pushes of one provider: reads the local queue at its own place, and carries out each item as a
/// [PushTask] on a
/// virtual thread. At most [Limits#tasksMax] are under way; while these wait for a provider that is down, what
/// follows
/// waits in the queue on disk, and other providers' lanes go on.
public final class PushLane implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PushLane.class);

    private static final int READ_MAX = 256;
    private static final Duration READ_WAIT = Duration.ofMillis(500);

    private final ProviderKind kind;
    private final PushTask.Parts parts;
    private final AtomicReference<@Nullable Reading> next = new AtomicReference<>();
    private final Semaphore room;
    private final Semaphore news = new Semaphore(0);
    private final ExecutorService tasks;
    private final Worker worker;

    /// The task of each user and conversation that is under way: what follows is covered by it, so that no two
    /// tasks
    /// push the same.
    private final Map<PushItem, PushTask> running = new HashMap<>();

    /// Entries of the queue that are under way.
    private final TreeSet<Long> open = new TreeSet<>();

    /// Partitions of users with an item that a task has not dealt with.
    private final Set<Integer> abandoned = ConcurrentHashMap.newKeySet();

    private long readThrough;
    private final CountDownLatch stopping = new CountDownLatch(1);

    /// What a lane takes upon itself.
    ///
    /// @param tasksMax items under way at once
    /// @param gather how long an item waits for more of its conversation, and for being read
    /// @param triesMax how often a push is tried at least before it is given up
    /// @param retryFor how long it is tried at least: a provider that is down for less costs no push
    public record Limits(int tasksMax, Duration gather, int triesMax, Duration retryFor) {

        /// The limits of a node.
        public static Limits of(Duration retryFor) {
            return new Limits(10_000, Duration.ofSeconds(2), 8, retryFor);
        }

        boolean isEnough(int tries, Duration age) {
            return tries >= triesMax && age.compareTo(retryFor) >= 0;
        }
    }

    /// A queue to read from.
    ///
    /// @param failed told if it cannot be read
    private record Reading(LocalQueue.Reader reader, Consumer<Throwable> failed) {}

    /// Starts the lane.
    public PushLane(ProviderKind kind, PushParts node, PushDesk desk, Limits limits) {
        this.kind = kind;
        this.parts = new PushTask.Parts(
                kind,
                node,
                desk,
                limits,
                this::done,
                this::begun,
                abandoned::add,
                new Semaphore(desk.permits(kind), true),
                stopping);
        this.room = new Semaphore(limits.tasksMax());
        this.tasks = Executors.newThreadPerTaskExecutor(
                Worker.threads("push-task-" + kind.wire(), Worker.Kind.VIRTUAL, Fault.logged()));
        this.worker = Worker.start("push-lane-" + kind.wire(), Worker.Kind.PLATFORM, Fault.fatal(), this::run);
    }

    /// From now on the lane reads from this reader, which it closes in the end. What it did not read from the
    /// one before
    /// comes again under other numbers. Any thread.
    ///
    /// @param behind all entries have higher numbers
    /// @param failed told if it cannot be read; the lane then waits for another reader
    void readFrom(LocalQueue.Reader reader, long behind, Consumer<Throwable> failed) {
        synchronized (open) {
            readThrough = Math.max(readThrough, behind);
        }
        Reading unread = next.getAndSet(new Reading(reader, failed));
        if (unread != null) {
            unread.reader().close();
        }
        news.release();
    }

    /// Every entry of the queue up to this number is dealt with. Any thread.
    long completedThrough() {
        synchronized (open) {
            return open.isEmpty() ? readThrough : open.first() - 1;
        }
    }

    /// Whether an item of this partition of users was left to the outbox since this was asked last. Asked after
    /// [#completedThrough], for there such an item counts as dealt with. Any thread.
    boolean takeAbandoned(int partition) {
        return abandoned.remove(partition);
    }

    /// Items under way. Any thread.
    public int underWay() {
        synchronized (open) {
            return open.size();
        }
    }

    /// There is something in the queue.
    void wake() {
        news.release();
    }

    @Override
    public void close() {
        stopping.countDown();
        news.release();
        worker.stop(Duration.ofSeconds(2));
        tasks.shutdownNow();
    }

    private void run() throws InterruptedException {
        while (stopping.getCount() > 0) {
            Reading reading = next.getAndSet(null);
            if (reading == null) {
                awaitNews();
            } else {
                read(reading);
            }
        }
    }

    private void awaitNews() throws InterruptedException {
        boolean _ = news.tryAcquire(READ_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        news.drainPermits();
    }

    /// Until there is another reader, or this one fails.
    private void read(Reading reading) throws InterruptedException {
        try (LocalQueue.Reader reader = reading.reader()) {
            while (stopping.getCount() > 0 && next.get() == null) {
                List<QueueEntry> entries = reader.next(READ_MAX, Duration.ZERO);
                if (entries.isEmpty()) {
                    awaitNews();
                }
                for (QueueEntry entry : entries) {
                    PushItem item = PushItem.decoded(entry.payload());
                    room.acquire();
                    take(entry.number(), item);
                }
            }
        } catch (RuntimeException | AssertionError | InternalError e) {
            LOG.debug("push queue not read: provider={}", kind.wire(), e);
            reading.failed().accept(e);
        }
    }

    private void take(long number, PushItem item) {
        @Nullable PushTask fresh = null;
        synchronized (open) {
            open.add(number);
            readThrough = Math.max(readThrough, number);
            PushTask covering = running.get(item);
            if (covering == null) {
                fresh = new PushTask(item, parts);
                running.put(item, fresh);
                covering = fresh;
            }
            covering.covers(number);
        }
        if (fresh != null) {
            tasks.execute(fresh);
        }
    }

    /// The task looks at the tables now, and sees all that it covers by now.
    private void begun(PushTask task) {
        synchronized (open) {
            task.sawAll();
        }
    }

    /// What the task saw is dealt with, also if it goes on: else a conversation that is never silent, with a
    /// provider
    /// that never answers, would keep the outbox for ever.
    ///
    /// @return false if more came since the task looked last: it must look again
    private boolean done(PushTask task) {
        boolean ended;
        List<Long> settled;
        synchronized (open) {
            ended = !task.hasNews();
            settled = task.takeSettled();
            settled.forEach(open::remove);
            if (ended) {
                running.remove(task.item(), task);
            }
        }
        room.release(settled.size());
        LOG.debug("push done: provider={} entries={}", kind.wire(), settled.size());
        return ended;
    }
}
