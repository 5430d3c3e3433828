package dev.parley.raftstorage.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.LedgerMachine;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import dev.parley.raftstorage.SubmitOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Several nodes in this process, talking over loopback, fetching snapshots from each other directly.
final class TestCluster implements AutoCloseable {
    static final GroupId ONE = new GroupId("p-001");
    static final GroupId TWO = new GroupId("p-002");

    final Map<NodeId, TestNode> nodes = new TreeMap<>();
    final Map<NodeId, RatisGroups<String>> running = new TreeMap<>();
    final AtomicInteger snapshotsOpened = new AtomicInteger();
    private final AtomicBoolean spoil = new AtomicBoolean();
    private final Path directory;
    private final Map<NodeId, String> peers = new TreeMap<>();
    private final Map<GroupId, List<NodeId>> groups =
            new TreeMap<>((one, other) -> one.name().compareTo(other.name()));
    private TestNode.Options options = TestNode.Options.DEFAULT.withFetcher(this::openSnapshot);

    TestCluster(Path directory, int size, GroupId... groups) {
        this.directory = directory;
        for (int i = 1; i <= size; i++) {
            addNode("n" + i);
        }
        for (GroupId group : groups) {
            this.groups.put(group, List.copyOf(nodes.keySet()));
        }
    }

    TestCluster tuned(RatisSettings.Tuning tuning) {
        options = options.withTuning(tuning);
        return this;
    }

    NodeId addNode(String name) {
        NodeId id = new NodeId(name);
        nodes.put(id, new TestNode(name));
        peers.put(id, "127.0.0.1:" + TestNode.freePort());
        return id;
    }

    TestCluster startAll() {
        nodes.keySet().forEach(this::start);
        return this;
    }

    RatisGroups<String> start(NodeId node) {
        return start(node, options);
    }

    RatisGroups<String> startJoining(NodeId node) {
        return start(node, options.joining());
    }

    RatisGroups<String> start(NodeId node, TestNode.Options how) {
        TestNode fresh = nodes.get(node);
        RatisGroups<String> started = Objects.requireNonNull(fresh).start(directory(node), peers, groups, how);
        running.put(node, started);
        return started;
    }

    TestNode.Options options() {
        return options;
    }

    Path directory(NodeId node) {
        return directory.resolve(node.value());
    }

    RatisGroups<String> groups(NodeId node) {
        return Objects.requireNonNull(running.get(node), () -> node + " does not run");
    }

    LedgerMachine machine(NodeId node, GroupId group) {
        return Objects.requireNonNull(
                Objects.requireNonNull(nodes.get(node)).machines.get(group));
    }

    void stop(NodeId node) {
        groups(node).close();
        running.remove(node);
    }

    NodeId awaitLeader(GroupId group) {
        List<NodeId> found = new ArrayList<>();
        await().atMost(Duration.ofSeconds(40)).until(() -> {
            found.clear();
            running.forEach((node, storage) -> {
                if (storage.status(group).ready()) {
                    found.add(node);
                }
            });
            return found.size() == 1;
        });
        return found.getFirst();
    }

    /// Submits a line until it is acknowledged, as a client would, following the leader.
    ///
    /// @return how often it was told that nothing is known
    int submit(GroupId group, String line) {
        int unknown = 0;
        for (int tries = 0; tries < 400; tries++) {
            NodeId leader = awaitLeader(group);
            SubmitOutcome<String> outcome = groups(leader)
                    .submit(group, LedgerMachine.lines(line))
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
            switch (outcome) {
                case SubmitOutcome.Applied<String> _ -> {
                    return unknown;
                }
                case SubmitOutcome.Unknown<String> _ -> unknown++;
                case SubmitOutcome.NotLeader<String> _, SubmitOutcome.Unavailable<String> _ -> {}
                case SubmitOutcome.Refused<String> refused -> throw new AssertionError(refused);
            }
        }
        throw new AssertionError("never acknowledged: " + line);
    }

    List<String> read(GroupId group) {
        List<List<String>> answer = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            ReadOutcome<List<String>> outcome = groups(awaitLeader(group))
                    .read(group, LedgerMachine::read)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
            if (outcome instanceof ReadOutcome.Done<List<String>> done) {
                answer.add(done.value());
            }
            return !answer.isEmpty();
        });
        return answer.getFirst();
    }

    void awaitLines(NodeId node, GroupId group, List<String> expected) {
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(readStale(node, group)).isEqualTo(expected));
    }

    List<String> readStale(NodeId node, GroupId group) {
        ReadOutcome<List<String>> outcome = groups(node)
                .readStale(group, LedgerMachine::read)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        return switch (outcome) {
            case ReadOutcome.Done<List<String>> done -> done.value();
            case ReadOutcome.NotLeader<List<String>> _, ReadOutcome.Unavailable<List<String>> _ ->
                List.of("no stale read: " + outcome);
        };
    }

    /// Lets the next snapshot arrive with one byte changed.
    void spoilNextSnapshot() {
        spoil.set(true);
    }

    SnapshotSession openSnapshot(NodeId leader, GroupId group) throws SnapshotException {
        RatisGroups<String> source = running.get(leader);
        if (source == null) {
            throw new SnapshotException(leader + " does not run");
        }
        snapshotsOpened.incrementAndGet();
        SnapshotSession session = source.openSnapshot(group);
        return spoil.getAndSet(false) ? new SpoiltSession(session) : session;
    }

    @Override
    public void close() {
        List<Thread> closers = new ArrayList<>();
        running.values().forEach(storage -> closers.add(Thread.ofPlatform().start(storage::close)));
        for (Thread closer : closers) {
            try {
                closer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Changes one byte of each file on its way.
    private record SpoiltSession(SnapshotSession session) implements SnapshotSession {
        @Override
        public Manifest manifest() {
            return session.manifest();
        }

        @Override
        public byte[] read(String file, long offset, int length) throws SnapshotException {
            byte[] bytes = session.read(file, offset, length);
            if (bytes.length > 0) {
                bytes[bytes.length / 2] ^= 1;
            }
            return bytes;
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
