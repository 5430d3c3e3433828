package dev.parley.node.inbox;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatCommand.NoteActivity;
import dev.parley.chat.view.OutboxProgress;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.DeliverySource.Ended;
import dev.parley.node.delivery.LocalDeliveries;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.tables.Outbox;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicatedGroups;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the lists of users what was delivered in the partitions that this node leads: the consumer of the
/// outbox.
///
/// What happened within a [#WINDOW] in all partitions led here goes as one command to each partition of the
/// users,
/// since
/// the cost is per entry of the log. How far that has got is a replicated checkpoint: the deliveries after it
/// are kept,
/// and whoever leads next goes on from there. Notes only move positions on, so what is noted twice does no
/// harm.
///
/// One virtual thread. A partition of users that does not answer holds up only those partitions that have news
/// for it.
/// A note that the rules refuse becomes a dead letter; one that nobody answers is sent again until somebody
/// does. A
/// delivery that cannot be read is passed over: [LocalDeliveries] logs and counts it.
public final class InboxFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(InboxFeed.class);

    /// How long changes gather: how far a list lags behind at least, and how many entries it costs at most.
    static final Duration WINDOW = Duration.ofMillis(250);

    /// Deliveries and changes that are taken from one partition at once; what is left is taken right after.
    private static final int DELIVERIES_MAX = 8_192;

    private static final int CHANGES_MAX = 10_000;

    /// The checkpoint may lag: what is noted again costs a little work, an entry for each window costs more.
    private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(2);

    /// Of the window, after notes that could not be told: at most 16 s between two tries.
    private static final int DOUBLINGS_MAX = 6;

    private static final Duration READ_MAX = Duration.ofSeconds(10);

    private final NodeId self;
    private final Partitioning partitioning;
    private final LeaderBoard leaders;
    private final ReplicatedGroups<ChatAnswer> groups;
    private final LocalDeliveries deliveries;
    private final ChatGate gate;
    private final ListNotes notes;
    private final Map<Integer, Source> sources = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Worker worker;

    /// Starts the worker.
    public InboxFeed(
            NodeId self,
            Partitioning partitioning,
            LeaderBoard leaders,
            ReplicatedGroups<ChatAnswer> groups,
            LocalDeliveries deliveries,
            ChatGate gate) {
        this.self = self;
        this.partitioning = partitioning;
        this.leaders = leaders;
        this.groups = groups;
        this.deliveries = deliveries;
        this.gate = gate;
        this.notes = new ListNotes(partitioning, gate, Clock.systemUTC());
        this.worker = Worker.start("inbox-feed", Worker.Kind.VIRTUAL, Fault.fatal(), this::run);
    }

    @Override
    public void close() {
        closed.countDown();
        worker.stop(Duration.ofSeconds(2));
    }

    /// Where the outboxes of the partitions led here stand, by partition. Any thread.
    public Map<Integer, Standing> standings() {
        Map<Integer, Standing> standings = new TreeMap<>();
        sources.forEach((partition, source) -> standings.put(
                partition,
                new Standing(Math.max(0, deliveries.newest(partition) - source.notedThrough), source.oldestMillis)));
        return standings;
    }

    /// Where one outbox stands.
    ///
    /// @param pending deliveries not noted yet
    /// @param oldestMillis when the oldest record that was taken last was accepted; 0 if there was none
    public record Standing(long pending, long oldestMillis) {}

    private void run() throws InterruptedException {
        boolean more = false;
        while (!closed.await(more ? 0 : WINDOW.toMillis(), TimeUnit.MILLISECONDS)) {
            followLeadership();
            more = round();
        }
    }

    private void followLeadership() throws InterruptedException {
        for (int partition = 0; partition < partitioning.partitions(); partition++) {
            boolean leads = leaders.standing(Partitioning.group(partition)).servedBy(self);
            if (!leads) {
                sources.remove(partition);
            } else if (!sources.containsKey(partition)) {
                @Nullable OutboxProgress progress = progress(partition);
                if (progress != null) {
                    deliveries.noted(partition, progress.notedThrough());
                    sources.put(partition, new Source(partition, progress.notedThrough()));
                }
            }
        }
    }

    /// One window: takes what is new, and sends it off.
    ///
    /// @return whether there is more to take at once
    private boolean round() {
        boolean more = false;
        Map<Source, Set<Integer>> taken = new LinkedHashMap<>();
        Activities activities = new Activities(partitioning);
        for (Map.Entry<Integer, Source> entry : sources.entrySet()) {
            Source source = entry.getValue();
            if (!source.busy()) {
                more |= take(entry.getKey(), source, activities);
                Set<Integer> touched = activities.takeTouched();
                if (source.takenThrough > source.notedThrough) {
                    taken.put(source, touched);
                }
                checkpoint(entry.getKey(), source);
            }
        }
        if (!taken.isEmpty()) {
            Map<Integer, CompletableFuture<Boolean>> noted = new HashMap<>();
            activities.commands().forEach((partition, commands) -> noted.put(partition, tell(commands)));
            taken.forEach((source, touched) -> source.noting = noting(source, touched, noted));
        }
        return more;
    }

    /// Tells the readers of the deliveries as soon as the lists know them: a device that catches up waits for
    /// it.
    private CompletableFuture<Boolean> noting(
            Source source, Set<Integer> touched, Map<Integer, CompletableFuture<Boolean>> noted) {
        long through = source.takenThrough;
        return all(touched, noted)
                .thenCombine(source.setAside, Boolean::logicalAnd)
                .thenApply(done -> {
                    if (done) {
                        deliveries.noted(source.partition, through);
                    }
                    return done;
                });
    }

    private static CompletableFuture<Boolean> all(
            Set<Integer> partitions, Map<Integer, CompletableFuture<Boolean>> noted) {
        CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
        for (int partition : partitions) {
            all = all.thenCombine(noted.getOrDefault(partition, all), Boolean::logicalAnd);
        }
        return all;
    }

    private boolean take(int partition, Source source, Activities activities) {
        try {
            List<Delivery> found = deliveries.newer(partition, source.notedThrough, DELIVERIES_MAX);
            int changes = 0;
            source.found(found);
            for (Delivery delivery : found) {
                add(source, delivery, activities);
                source.takenThrough = delivery.number();
                changes += Activities.size(delivery);
                if (changes >= CHANGES_MAX) {
                    return true;
                }
            }
            return source.takenThrough < deliveries.newest(partition);
        } catch (Ended e) {
            LOG.info("outbox not read: group={} reason={}", Partitioning.group(partition), e.getMessage());
            sources.remove(partition, source);
            return false;
        }
    }

    /// A delivery that cannot be understood is set aside, with what is sure of it, so that the others go on.
    private void add(Source source, Delivery delivery, Activities activities) {
        try {
            activities.add(delivery);
        } catch (RuntimeException e) {
            LOG.error(
                    "delivery not understood: group={} number={}",
                    Partitioning.group(source.partition),
                    delivery.number(),
                    e);
            for (ChatCommand.Activity activity : Activities.positions(delivery)) {
                source.setAside =
                        source.setAside.thenCombine(notes.setAside(activity, e.toString(), 1), Boolean::logicalAnd);
            }
        }
    }

    private void checkpoint(int partition, Source source) {
        long now = System.nanoTime();
        if (source.notedThrough > source.checkpoint && now - source.checkpointedNanos >= CHECKPOINT_EVERY.toNanos()) {
            source.checkpoint = source.notedThrough;
            source.checkpointedNanos = now;
            // If it fails, a later one says more.
            var _ = gate.submit(new ChatCommand.AdvanceOutboxCheckpoint(partition, source.notedThrough));
        }
    }

    /// Completes, never exceptionally, with whether all was done.
    private CompletableFuture<Boolean> tell(List<NoteActivity> all) {
        CompletableFuture<Boolean> told = CompletableFuture.completedFuture(true);
        for (NoteActivity note : all) {
            told = told.thenCombine(notes.tell(note), Boolean::logicalAnd);
        }
        return told;
    }

    private @Nullable OutboxProgress progress(int partition) throws InterruptedException {
        try {
            return groups.readStale(Partitioning.group(partition), Outbox::progress)
                                    .get(READ_MAX.toMillis(), TimeUnit.MILLISECONDS)
                            instanceof ReadOutcome.Done<OutboxProgress>(OutboxProgress progress)
                    ? progress
                    : null;
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("outbox not read: group={} reason={}", Partitioning.group(partition), e.getMessage());
            return null;
        }
    }

    /// The place in one partition's deliveries. Only the worker changes it.
    private static final class Source {
        private final int partition;
        private volatile long notedThrough;
        private long takenThrough;
        private long checkpoint;
        private long checkpointedNanos = System.nanoTime();
        private CompletableFuture<Boolean> noting = CompletableFuture.completedFuture(true);

        private CompletableFuture<Boolean> setAside = CompletableFuture.completedFuture(true);
        private volatile long oldestMillis;
        private int failures;
        private long pausedUntilNanos = System.nanoTime();

        Source(int partition, long notedThrough) {
            this.partition = partition;
            this.notedThrough = notedThrough;
            this.takenThrough = notedThrough;
            this.checkpoint = notedThrough;
        }

        /// Remembers the age of what was found.
        void found(List<Delivery> deliveries) {
            oldestMillis = deliveries.stream()
                    .<Long>mapMulti((delivery, next) -> {
                        if (delivery.event() instanceof Delivery.RecordAdded added) {
                            next.accept(added.record().createdAtMillis());
                        }
                    })
                    .findFirst()
                    .orElse(0L);
        }

        /// Whether notes are under way, or it is too early to try again; if they are done, the place moves on,
        /// or
        /// back to try again.
        boolean busy() {
            if (!noting.isDone()) {
                return true;
            }
            if (noting.join()) {
                notedThrough = takenThrough;
                failures = 0;
            } else {
                pausedUntilNanos = System.nanoTime() + WINDOW.toNanos() * (1L << Math.min(failures++, DOUBLINGS_MAX));
            }
            noting = CompletableFuture.completedFuture(true);
            setAside = CompletableFuture.completedFuture(true);
            takenThrough = notedThrough;
            return System.nanoTime() < pausedUntilNanos;
        }
    }
}
