package dev.parley.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.chat.ChatAnswer;
import dev.parley.node.FreePorts;
import dev.parley.node.certs.IssuedFiles;
import dev.parley.node.gate.NoMachine;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.tls.Membership;
import dev.parley.node.tls.NodeTrust;
import dev.parley.node.tls.Refusal;
import dev.parley.node.tls.Refusals;
import dev.parley.node.tls.ReloadableKeys;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.ratis.RaftTls;
import dev.parley.raftstorage.ratis.RatisGroups;
import dev.parley.raftstorage.ratis.RatisSettings;
import dev.parley.raftstorage.ratis.StorageDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three replicas that show each other certificates.
class RaftTlsTest {
    private static final GroupId GROUP = Partitioning.group(0);
    private static final List<String> NAMES = List.of("n1", "n2", "n3");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final Map<String, RatisGroups<ChatAnswer>> nodes = new TreeMap<>();
    private final ConcurrentLinkedQueue<Refusal> refused = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() throws IOException {
        IssuedFiles authority = new IssuedFiles(folder.resolve("certs"), "test");
        List<Integer> ports = FreePorts.take(NAMES.size());
        Map<NodeId, String> addresses = new TreeMap<>();
        for (int index = 0; index < NAMES.size(); index++) {
            addresses.put(new NodeId(NAMES.get(index)), "127.0.0.1:" + ports.get(index));
        }
        for (int index = 0; index < NAMES.size(); index++) {
            String name = NAMES.get(index);
            ReloadableKeys keys = new ReloadableKeys(authority.node(name));
            nodes.put(name, node(new NodeId(name), ports.get(index), addresses, keys));
        }
    }

    @AfterEach
    void stop() {
        nodes.values().forEach(RatisGroups::close);
    }

    @Test
    void they_replicate_and_elect_another_leader_when_theirs_is_gone() throws Exception {
        String leader = leader();
        long index = write(leader);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(nodes.values())
                        .allMatch(node -> node.status(GROUP).appliedIndex() >= index));

        Objects.requireNonNull(nodes.remove(leader)).close();

        String next = leader();
        long later = write(next);
        assertThat(later).isGreaterThan(index);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(nodes.values())
                        .hasSize(2)
                        .allMatch(node -> node.status(GROUP).appliedIndex() >= later));
        assertThat(refused).isEmpty();
    }

    private String leader() {
        return await().atMost(PATIENCE)
                .until(
                        () -> nodes.entrySet().stream()
                                .filter(node -> node.getValue().status(GROUP).role() == GroupStatus.Role.LEADER)
                                .map(Map.Entry::getKey)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /// Writes until it is done; a leader that was just elected may not be ready.
    private long write(String leader) {
        SubmitOutcome<ChatAnswer> outcome = await().atMost(PATIENCE)
                .until(
                        () -> Objects.requireNonNull(nodes.get(leader))
                                .submit(GROUP, List.of(new byte[] {1}))
                                .get(30, TimeUnit.SECONDS),
                        SubmitOutcome.Applied.class::isInstance);
        return ((SubmitOutcome.Applied<ChatAnswer>) outcome).logIndex();
    }

    private RatisGroups<ChatAnswer> node(NodeId self, int port, Map<NodeId, String> addresses, ReloadableKeys keys)
            throws IOException {
        Membership members = new Membership() {
            @Override
            public Standing standing(String node) {
                return NAMES.contains(node) ? Standing.MEMBER : Standing.UNKNOWN;
            }

            @Override
            public Optional<String> at(String host, int called) {
                return addresses.entrySet().stream()
                        .filter(known -> known.getValue().equals(host + ":" + called))
                        .map(known -> known.getKey().value())
                        .findFirst();
            }
        };
        NodeTrust trust = new NodeTrust(
                "test",
                keys,
                members,
                new Refusals(Refusals.Port.RAFT, (_, reason) -> refused.add(reason), System::nanoTime));
        return new RatisGroups<>(new RatisSettings<ChatAnswer>(
                        new RatisSettings.Place(self, "127.0.0.1", port, folder.resolve(self.value())),
                        RatisSettings.Cluster.fixed(
                                addresses,
                                Map.of(GROUP, NAMES.stream().map(NodeId::new).toList()),
                                RatisSettings.Start.FOUND),
                        new StorageLimits(1L << 20, 1, 16L << 20),
                        new RatisSettings.Outside(
                                Clock.systemUTC(),
                                new Random(1),
                                (_, _) -> {
                                    throw new SnapshotException("no snapshot is needed here");
                                },
                                StorageDisk.real()),
                        _ -> new NoMachine(),
                        RatisSettings.Tuning.DEFAULT)
                .with(Optional.of(new RaftTls(
                        keys, trust, shown -> trust.judge(shown, false).map(Enum::name)))));
    }
}
