package dev.parley.node.push.lane;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.view.OutboxProgress;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.DeliverySource.Ended;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.tables.PushFacts;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.table.TableReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the changes of users' lists from the outbox of the partitions led here, and puts what may need a push
/// into the
/// node's local queue, from which each provider's lane takes it at its own pace. How far all lanes are done is
/// a
/// replicated checkpoint: the deliveries after it are kept, and whoever leads next feeds its own queue from
/// there. So the
/// queue may be lost, and is begun anew with each start and when it proves broken; what it saves is the memory
/// of a
/// long backlog.
///
/// One platform thread, as the queue needs.
public final class PushFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PushFeed.class);

    private static final Duration EVERY = Duration.ofMillis(250);

    /// Deliveries that are taken from one partition at once.
    private static final int DELIVERIES_MAX = 4_096;

    /// The checkpoint may lag: what is looked at again is found done.
    private static final Duration NOTE_EVERY = Duration.ofSeconds(5);

    /// Users whose sessions proved dead and who are not looked at yet.
    private static final int LAPSED_MAX = 10_000;

    private static final int LAPSED_AT_ONCE = 100;

    /// Conversations of such a user that are looked at, the newest.
    private static final int UNREAD_MAX = 20;

    private static final Duration READ_MAX = Duration.ofSeconds(10);

    private final PushParts parts;
    private final PushQueue queue;
    private final List<PushLane> lanes;
    private final ArrayBlockingQueue<String> lapsed = new ArrayBlockingQueue<>(LAPSED_MAX);
    private final Map<Integer, Source> sources = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Worker worker;

    /// Users who were looked at and whose items are not done yet: the outbox may not have them.
    private final Deque<Lapse> lapsing = new ArrayDeque<>();

    /// Starts the worker.
    ///
    /// @param queue not begun yet
    /// @param lanes one for each provider that is configured; without any, everything is done at once
    public PushFeed(PushParts parts, PushQueue queue, List<PushLane> lanes) {
        this.parts = parts;
        this.queue = queue;
        this.lanes = List.copyOf(lanes);
        this.worker = Worker.start("push-feed", Worker.Kind.PLATFORM, Fault.fatal(), this::run);
    }

    @Override
    public void close() {
        closed.countDown();
        worker.stop(Duration.ofSeconds(2));
    }

    /// These users' sessions proved dead: what reached them lately may have reached nobody, so a push may be
    /// due after
    /// all. Any thread; does not block. Above the limit users are left out, and get their push with the next
    /// message.
    public void lapsed(List<String> userIds) {
        for (String userId : userIds) {
            if (!lapsed.offer(userId)) {
                LOG.warn("lapsed user not looked at: user={} reason=too-many", userId);
            }
        }
    }

    /// Deliveries that are not done yet, by group, of the partitions led here. Any thread.
    public Map<String, Double> pending() {
        Map<String, Double> pending = new LinkedHashMap<>();
        sources.forEach((partition, source) ->
                pending.put(Partitioning.group(partition).name(), (double)
                        Math.max(0, parts.deliveries().newest(partition) - source.doneThrough)));
        return pending;
    }

    private void run() throws InterruptedException {
        boolean more = false;
        while (!closed.await(more ? 0 : EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            if (queue.renew(lanes)) {
                beginAnew();
            }
            followLeadership();
            more = false;
            for (Map.Entry<Integer, Source> source : sources.entrySet()) {
                more |= feed(source.getKey(), source.getValue());
                settle(source.getKey(), source.getValue());
                feedTakenOver(source.getKey(), source.getValue().takenOver);
            }
            feedLapsed();
        }
    }

    /// Nothing of what was put into the queue is in it any more.
    private void beginAnew() {
        sources.clear();
        lapsing.forEach(lapse -> lapsed(lapse.users()));
        lapsing.clear();
    }

    private void followLeadership() throws InterruptedException {
        for (int partition = 0; partition < parts.partitioning().partitions(); partition++) {
            if (!parts.leads(partition)) {
                sources.remove(partition);
            } else if (!sources.containsKey(partition)) {
                @Nullable OutboxProgress progress = read(partition, PushFacts::progress);
                if (progress != null) {
                    TakenOver takenOver =
                            new TakenOver(partition, parts.live(), parts.clock().millis());
                    sources.put(partition, new Source(progress.notedThrough(), takenOver));
                }
            }
        }
    }

    /// @return whether there is more to take at once
    private boolean feed(int partition, Source source) throws InterruptedException {
        if (lanes.isEmpty()) {
            // Nobody is pushed, so nothing needs to be read; but what is kept for pushing must go.
            source.fedThrough = Math.max(source.fedThrough, parts.deliveries().newest(partition));
            source.doneThrough = source.fedThrough;
            return false;
        }
        try {
            List<Delivery> found = parts.deliveries().newer(partition, source.fedThrough, DELIVERIES_MAX);
            if (found.isEmpty() || !queue.append(items(partition, found))) {
                return false;
            }
            source.fedThrough = found.getLast().number();
            source.batches.add(new Batch(queue.lastNumber(), source.fedThrough));
            lanes.forEach(PushLane::wake);
            return source.fedThrough < parts.deliveries().newest(partition);
        } catch (Ended e) {
            LOG.info("outbox not read: group={} reason={}", Partitioning.group(partition), e.getMessage());
            sources.remove(partition, source);
            return false;
        }
    }

    private void feedTakenOver(int partition, TakenOver takenOver) throws InterruptedException {
        if (takenOver.isDone() || lanes.isEmpty()) {
            return;
        }
        TakenOver.@Nullable Page waiting = takenOver.waiting();
        TakenOver.@Nullable Page page = waiting != null ? waiting : read(partition, takenOver::read);
        if (page == null) {
            return;
        }
        @Nullable Set<PushItem> items = takenOver.due(page);
        if (items != null && queue.append(items)) {
            takenOver.looked(page);
            lanes.forEach(PushLane::wake);
        }
    }

    private void feedLapsed() throws InterruptedException {
        long completed = completedThrough();
        while (!lapsing.isEmpty() && lapsing.peekFirst().queueNumber() <= completed) {
            lapsing.removeFirst();
        }
        if (lapsing.size() >= LAPSED_MAX / LAPSED_AT_ONCE) {
            return;
        }
        List<String> users = new ArrayList<>();
        lapsed.drainTo(users, LAPSED_AT_ONCE);
        Set<PushItem> items = new LinkedHashSet<>();
        // The outbox may be past their messages, so nobody else brings these users up again.
        List<String> again = new ArrayList<>();
        for (String userId : users) {
            int partition = parts.partitioning().partitionOf(userId);
            @Nullable
            List<String> unread = sources.containsKey(partition)
                    ? read(partition, tables -> PushFacts.unread(tables, userId, UNREAD_MAX))
                    : null;
            if (unread != null) {
                unread.forEach(conversationId -> items.add(new PushItem(partition, userId, conversationId)));
            } else if (parts.leads(partition)) {
                again.add(userId);
            }
        }
        if (items.isEmpty()) {
            lapsed(again);
        } else if (queue.append(items)) {
            lapsing.add(new Lapse(queue.lastNumber(), users));
            lanes.forEach(PushLane::wake);
            lapsed(again);
        } else {
            lapsed(users);
        }
    }

    /// What may need a push: for each user and conversation once, and only for users who have a device to push
    /// to.
    private Set<PushItem> items(int partition, List<Delivery> deliveries) throws InterruptedException {
        Set<PushItem> changed = new LinkedHashSet<>();
        for (Delivery delivery : deliveries) {
            if (delivery.event() instanceof Delivery.ListsChanged(List<Delivery.ListChange> changes)) {
                for (Delivery.ListChange change : changes) {
                    if (change.unreadGrew() || change.listed().unread() == 0) {
                        changed.add(new PushItem(partition, change.userId(), change.conversationId()));
                    }
                }
            } else if (delivery.event() instanceof Delivery.Retried(DeadLetter.Push push)) {
                changed.add(new PushItem(partition, push.userId(), push.conversationId(), push.deviceId()));
            }
        }
        if (changed.isEmpty()) {
            return changed;
        }
        Set<String> users = new HashSet<>();
        changed.forEach(item -> users.add(item.userId()));
        @Nullable
        Set<String> concerned = read(partition, tables -> {
            Set<String> found = new HashSet<>();
            users.stream().filter(user -> PushFacts.concerned(tables, user)).forEach(found::add);
            return found;
        });
        if (concerned != null) {
            changed.removeIf(item -> !concerned.contains(item.userId()));
        }
        return changed;
    }

    /// Moves the checkpoint to where all lanes are done.
    private void settle(int partition, Source source) {
        long completed = completedThrough();
        if (lanes.stream().filter(lane -> lane.takeAbandoned(partition)).count() > 0) {
            LOG.info("outbox read again for pushes: group={}", Partitioning.group(partition));
            sources.remove(partition, source);
            return;
        }
        while (!source.batches.isEmpty() && source.batches.peekFirst().queueNumber() <= completed) {
            source.doneThrough = source.batches.removeFirst().deliveryNumber();
        }
        queue.release(completed);
        long now = System.nanoTime();
        if (source.doneThrough > source.noted && now - source.notedNanos >= NOTE_EVERY.toNanos()) {
            source.notedNanos = now;
            long through = source.doneThrough;
            var _ = parts.gate()
                    .submit(new ChatCommand.NotePushes(partition, through, List.of()))
                    .whenComplete((answer, failure) -> {
                        if (answer instanceof ChatAnswer.Done) {
                            source.noted = through;
                        } else {
                            LOG.info("push checkpoint not moved: partition={} answer={}", partition, answer, failure);
                        }
                    });
        }
    }

    /// Every entry of the queue up to this number is dealt with by all lanes.
    private long completedThrough() {
        return lanes.stream().mapToLong(PushLane::completedThrough).min().orElse(queue.lastNumber());
    }

    private <T> @Nullable T read(int partition, Function<TableReader, T> reading) throws InterruptedException {
        try {
            return parts.groups()
                                    .readStale(Partitioning.group(partition), reading)
                                    .get(READ_MAX.toMillis(), TimeUnit.MILLISECONDS)
                            instanceof ReadOutcome.Done<T>(T value)
                    ? value
                    : null;
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("tables not read: group={} reason={}", Partitioning.group(partition), e.toString());
            return null;
        }
    }

    /// What was fed at once.
    ///
    /// @param queueNumber of the last entry that was in the queue then
    private record Batch(long queueNumber, long deliveryNumber) {}

    /// Users whose sessions proved dead, with the number of the last of their entries.
    private record Lapse(long queueNumber, List<String> users) {}

    /// The place in one partition's deliveries. Only the worker changes it, but for the checkpoint.
    private static final class Source {
        private final Deque<Batch> batches = new ArrayDeque<>();
        private final TakenOver takenOver;
        private long fedThrough;
        private volatile long doneThrough;
        private volatile long noted;
        private long notedNanos = System.nanoTime();

        Source(long notedThrough, TakenOver takenOver) {
            this.takenOver = takenOver;
            this.fedThrough = notedThrough;
            this.doneThrough = notedThrough;
            this.noted = notedThrough;
        }
    }
}
