package dev.parley.node.scrub;

import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicatedGroups;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares the replicas of the groups that this node leads: each once in a while, slowly, and soon after its
/// voters
/// have changed, which is to say after each move. What was found is kept until the next pass over the group.
/// One
/// virtual thread, and one for each replica that is asked.
public final class Scrubber implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);
    private static final Duration LOOK = Duration.ofSeconds(5);

    /// The first pass of a leadership; later, so that one that does not last costs nothing.
    private static final Duration FIRST = Duration.ofSeconds(60);

    /// The next pass after one that could not compare everything: the load, or a node that is down, may be
    /// over.
    private static final Duration RETRY = Duration.ofHours(1);

    /// Small enough to be read in a moment, large enough that the question is a small part of it.
    private static final long RANGE_BYTES = 4 << 20;

    private final NodeId self;
    private final LeaderBoard leaders;
    private final ReplicatedGroups<?> groups;
    private final DigestSource source;
    private final Settings settings;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Worker.threads("scrub-ask", Worker.Kind.VIRTUAL, Fault.logged()));
    private final Map<GroupId, Seen> seen = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Worker worker;

    /// How often, and how fast.
    ///
    /// @param every from one pass over a group to the next
    /// @param bytesPerSecond read on all nodes together
    public record Settings(Duration every, long bytesPerSecond) {}

    /// The last pass over a group.
    private record Seen(Set<NodeId> voters, long nanos, Optional<CheckResult> result) {}

    /// Starts.
    public Scrubber(
            NodeId self, LeaderBoard leaders, ReplicatedGroups<?> groups, DigestSource source, Settings settings) {
        this.self = self;
        this.leaders = leaders;
        this.groups = groups;
        this.source = source;
        this.settings = settings;
        this.worker = Worker.start("scrub", Worker.Kind.VIRTUAL, Fault.logged(), this::run);
    }

    /// Compares a group now, as fast as it goes, wherever it is led. Any thread; blocks.
    ///
    /// @param limit after which it stops; the result says where to go on
    public CheckResult check(GroupId group, List<NodeId> replicas, TablePlace from, Duration limit)
            throws InterruptedException {
        long began = System.nanoTime();
        CheckResult result = new GroupCheck(source, threads, group, replicas)
                .run(from, RANGE_BYTES, _ -> closed.getCount() > 0 && System.nanoTime() - began < limit.toNanos());
        alarm(result);
        return result;
    }

    /// What the last pass over a group found; empty if this node does not lead it, or has not come to it. Any
    /// thread.
    public Optional<CheckResult> last(GroupId group) {
        return Optional.ofNullable(seen.get(group)).flatMap(Seen::result);
    }

    /// By group: 1 if its replicas were found to differ, else 0. Any thread.
    public Map<String, Double> diverged() {
        Map<String, Double> found = new java.util.TreeMap<>();
        seen.forEach((group, last) -> last.result()
                .ifPresent(
                        result -> found.put(group.name(), result.differences().isEmpty() ? 0.0 : 1.0)));
        return found;
    }

    @Override
    public void close() {
        closed.countDown();
        threads.shutdownNow();
        worker.stop(Duration.ofSeconds(2));
    }

    private void run() throws InterruptedException {
        while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            for (GroupStatus status : groups.statuses()) {
                if (leaders.standing(status.group()).servedBy(self)) {
                    look(status);
                } else {
                    seen.remove(status.group());
                }
            }
        }
    }

    private void look(GroupStatus status) throws InterruptedException {
        Set<NodeId> voters = new TreeSet<>(status.replicas());
        Seen before = seen.get(status.group());
        if (before == null) {
            // A new leadership, perhaps because of a move.
            long due = System.nanoTime() + FIRST.toNanos();
            seen.put(status.group(), new Seen(voters, due - settings.every().toNanos(), Optional.empty()));
        } else if (voters.size() > 1
                && (!voters.equals(before.voters())
                        || System.nanoTime() - before.nanos()
                                >= settings.every().toNanos())) {
            CheckResult result = new GroupCheck(source, threads, status.group(), List.copyOf(voters))
                    .run(TablePlace.FIRST, RANGE_BYTES, this::slowly);
            if (!result.problem().isEmpty()) {
                LOG.info("replicas not compared: group={} reason={}", status.group(), result.problem());
            }
            alarm(result);
            boolean whole = result.problem().isEmpty() && result.silent().isEmpty();
            long next = System.nanoTime() + (whole ? settings.every() : RETRY).toNanos();
            seen.put(status.group(), new Seen(voters, next - settings.every().toNanos(), Optional.of(result)));
        } else if (!voters.equals(before.voters())) {
            seen.put(status.group(), new Seen(voters, System.nanoTime(), Optional.empty()));
        }
    }

    private boolean slowly(long bytes) throws InterruptedException {
        return !closed.await(TimeUnit.SECONDS.toMicros(1) * bytes / settings.bytesPerSecond(), TimeUnit.MICROSECONDS);
    }

    private static void alarm(CheckResult result) {
        for (CheckResult.Difference difference : result.differences()) {
            LOG.error(
                    "replicas differ: group={} from={} to={} digests={} odd={}",
                    result.group(),
                    difference.from(),
                    difference.to().map(TablePlace::toString).orElse("end"),
                    difference.digests(),
                    result.odd().map(NodeId::value).orElse("unknown"));
        }
    }
}
