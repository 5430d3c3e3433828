package dev.parley.node.presence;

import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.presence.PresenceReport.Seat;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Tells the leaders of users' partitions which sessions are here and who is watched: everything with each heartbeat,
/// what is new soon, and everything of a partition as soon as another node leads it. Thread-safe but for [#tick].
final class PresenceReporter {
    /// Users and sessions of one report: some 300 KB.
    private static final int REPORT_ITEMS_MAX = 5_000;

    /// Before a leader that did not answer, or does not lead, is told again.
    private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();

    private final Presence.Place place;
    private final PresenceLink link;
    private final PresenceSettings settings;
    private final LongSupplier nanoTime;
    private final Supplier<List<String>> watched;
    private final Consumer<List<PresenceState>> hearing;

    private final Map<String, Seat> live = new ConcurrentHashMap<>();

    // Guarded by this.
    private List<Seat> opened = new ArrayList<>();
    private List<Seat> left = new ArrayList<>();
    private List<String> touched = new ArrayList<>();

    /// Partitions of which everything is to be told, and from when on.
    private final Map<Integer, Long> due = new TreeMap<>();

    /// Only the ticking thread uses it.
    private long heartbeatNanos;

    /// @param link also for reports to this node itself
    /// @param watched the users whom sessions of this node watch
    /// @param hearing takes what leaders answer; must not block
    PresenceReporter(
            Presence.Place place,
            PresenceLink link,
            PresenceSettings settings,
            LongSupplier nanoTime,
            Supplier<List<String>> watched,
            Consumer<List<PresenceState>> hearing) {
        this.place = place;
        this.link = link;
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.watched = watched;
        this.hearing = hearing;
        this.heartbeatNanos = nanoTime.getAsLong();
        for (int partition = 0; partition < place.partitioning().partitions(); partition++) {
            int each = partition;
            place.leaders().onChange(Partitioning.group(each), () -> due(Set.of(each), 0));
        }
    }

    void opened(Seat seat) {
        live.put(seat.sessionId(), seat);
        synchronized (this) {
            opened.add(seat);
        }
    }

    void closed(Seat seat, boolean saidGoodbye) {
        live.remove(seat.sessionId());
        if (saidGoodbye) {
            synchronized (this) {
                left.add(seat);
            }
        }
    }

    synchronized void touched(String userId) {
        touched.add(userId);
    }

    boolean isLive(String sessionId) {
        return live.containsKey(sessionId);
    }

    /// Tells what is due. Called a few times a second by one thread; its changes gather in between.
    ///
    /// @return completes when all leaders have answered, or will not
    CompletableFuture<Void> tick() {
        long now = nanoTime.getAsLong();
        Batches batches = new Batches();
        boolean heartbeat = now - heartbeatNanos >= settings.heartbeat().toNanos();
        if (heartbeat) {
            heartbeatNanos = now;
        }
        Set<Integer> whole = takeDue(now, heartbeat);
        if (!whole.isEmpty()) {
            live.values().stream()
                    .filter(seat -> whole.contains(place.partitioning().partitionOf(seat.userId())))
                    .forEach(seat -> batches.of(seat.userId()).live.add(seat));
            watched.get().stream()
                    .filter(userId -> whole.contains(place.partitioning().partitionOf(userId)))
                    .forEach(userId -> batches.of(userId).watched.add(userId));
        }
        List<Seat> nowOpened;
        List<Seat> nowLeft;
        List<String> nowTouched;
        synchronized (this) {
            nowOpened = opened;
            nowLeft = left;
            nowTouched = touched;
            opened = new ArrayList<>();
            left = new ArrayList<>();
            touched = new ArrayList<>();
        }
        nowOpened.stream()
                .filter(seat -> live.containsKey(seat.sessionId()))
                .forEach(seat -> batches.of(seat.userId()).live.add(seat));
        nowLeft.forEach(seat -> batches.of(seat.userId()).left.add(seat));
        nowTouched.forEach(userId -> batches.of(userId).touched.add(userId));
        return batches.send().thenAccept(hearing);
    }

    /// Asks leaders at once.
    ///
    /// @param watching users to hear of from now on
    /// @param asked users to hear of once
    /// @return the states that are known; never fails
    CompletableFuture<List<PresenceState>> ask(Iterable<String> watching, Iterable<String> asked) {
        Batches batches = new Batches();
        watching.forEach(userId -> batches.of(userId).watched.add(userId));
        asked.forEach(userId -> batches.of(userId).asked.add(userId));
        return batches.send();
    }

    private synchronized Set<Integer> takeDue(long now, boolean heartbeat) {
        Set<Integer> taken = new HashSet<>();
        if (heartbeat) {
            IntStream.range(0, place.partitioning().partitions()).forEach(taken::add);
        }
        due.forEach((partition, from) -> {
            if (now - from >= 0) {
                taken.add(partition);
            }
        });
        due.keySet().removeAll(taken);
        return taken;
    }

    private synchronized void due(Set<Integer> partitions, long inNanos) {
        long from = nanoTime.getAsLong() + inNanos;
        partitions.forEach(partition -> due.merge(partition, from, Math::min));
    }

    private static final class Batch {
        private final List<Seat> live = new ArrayList<>();
        private final List<Seat> left = new ArrayList<>();
        private final List<String> touched = new ArrayList<>();
        private final List<String> watched = new ArrayList<>();
        private final List<String> asked = new ArrayList<>();
        private final Set<Integer> partitions = new HashSet<>();
    }

    /// Reports that gather, by leader.
    private final class Batches {
        private final Map<NodeId, List<Batch>> byLeader = new HashMap<>();

        /// For what concerns partitions without a leader: told when there is one.
        private final Batch nobody = new Batch();

        Batch of(String userId) {
            int partition = place.partitioning().partitionOf(userId);
            LeaderBoard.Standing standing = place.leaders().standing(Partitioning.group(partition));
            Batch batch = standing.leader()
                    .filter(_ -> standing.ready())
                    .map(this::last)
                    .orElse(nobody);
            batch.partitions.add(partition);
            return batch;
        }

        private Batch last(NodeId leader) {
            List<Batch> batches = byLeader.computeIfAbsent(leader, _ -> new ArrayList<>(List.of(new Batch())));
            Batch last = batches.getLast();
            if (last.live.size() + last.left.size() + last.watched.size() + last.asked.size() >= REPORT_ITEMS_MAX) {
                batches.add(new Batch());
            }
            return batches.getLast();
        }

        CompletableFuture<List<PresenceState>> send() {
            due(nobody.partitions, RETRY_NANOS);
            List<PresenceState> states = new ArrayList<>();
            List<CompletableFuture<Void>> sent = new ArrayList<>();
            byLeader.forEach((leader, batches) -> sent.add(send(leader, batches, 0, states)));
            return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
                    .thenApply(_ -> {
                        synchronized (states) {
                            return List.copyOf(states);
                        }
                    });
        }

        /// One after the other, so that a leader hears things in order.
        private CompletableFuture<Void> send(NodeId leader, List<Batch> batches, int next, List<PresenceState> states) {
            if (next == batches.size()) {
                return CompletableFuture.completedFuture(null);
            }
            Batch batch = batches.get(next);
            PresenceReport report =
                    new PresenceReport(place.self(), batch.live, batch.left, batch.touched, batch.watched, batch.asked);
            return link.report(leader, report).thenCompose(reply -> {
                due(reply.map(PresenceReply::notLed).orElse(batch.partitions), RETRY_NANOS);
                synchronized (states) {
                    reply.ifPresent(answered -> states.addAll(answered.states()));
                }
                return send(leader, batches, next + 1, states);
            });
        }
    }
}
