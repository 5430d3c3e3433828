package dev.parley.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.ConversationKind;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DevicePosition;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.RecordBody;
import dev.parley.chat.Refusal;
import dev.parley.chat.Role;
import dev.parley.node.delivery.Deliveries;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.DeliveryArchive;
import dev.parley.node.delivery.DeliveryRing;
import dev.parley.node.delivery.DeliverySource;
import dev.parley.node.delivery.LocalDeliveries;
import dev.parley.node.gate.LocalReplicas;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.repair.ReplicaChanges;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicaAdmin;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import dev.parley.raftstorage.Stamp;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.memory.MemoryGroups;
import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two nodes over a real peer port.
class PeerLinkTest {

    private static final NodeId SERVING = new NodeId("n1");
    private static final GroupId GROUP = Partitioning.group(0);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final PeerCredentials CREDENTIALS = new PeerCredentials("derived-from-the-secret");

    /// Every kind of answer, one after the other.
    private static final List<ChatAnswer> ANSWERS = List.of(
            new ChatAnswer.ConversationOpened("c_1", true),
            new ChatAnswer.MessagePosted("m_1", 7, 1_234, true),
            new ChatAnswer.MembersChanged(9),
            new ChatAnswer.CursorAdvanced(4),
            new ChatAnswer.DeviceRegistered(2),
            new ChatAnswer.Done(),
            new ChatAnswer.Refused(Refusal.BLOCKED, "bob has blocked alice"));

    /// A group whose replicas never change.
    private static final ReplicaAdmin NO_CHANGES = new ReplicaAdmin() {
        @Override
        public CompletableFuture<Void> addReplica(GroupId group, NodeId node) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> removeReplica(GroupId group, NodeId node) {
            return CompletableFuture.failedFuture(new IllegalStateException("n1 does not lead " + group));
        }

        @Override
        public CompletableFuture<Void> startEmptyReplica(GroupId group) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> retireReplica(GroupId group) {
            return CompletableFuture.completedFuture(null);
        }
    };

    private final LeaderBoard leaders = new LeaderBoard(SERVING);
    private final DeliveryRing ring = new DeliveryRing();
    private final List<String> newerSessions = new CopyOnWriteArrayList<>();
    private final MemoryGroups<ChatAnswer> groups = MemoryGroups.single(_ -> new EveryAnswer(), List.of(GROUP));
    private PeerServer server;
    private PeerChannels channels;
    private QueryAnswer found = new QueryAnswer.Page(List.of(), 0, false);
    private int port;

    @TempDir
    private Path directory;

    @TempDir
    private Path callersDirectory;

    private KnownPeers calling;

    @BeforeEach
    void connect() throws IOException {
        groups.addListener(leaders);
        calling = new KnownPeers(callersDirectory);
        LocalReplicas replicas = new LocalReplicas(groups, (_, _) -> found);
        LocalDeliveries deliveries =
                new LocalDeliveries(SERVING, leaders, groups, new OldDeliveries(), Map.of(GROUP, ring));
        server = new PeerServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new PeerServer.Identity("n1", "cluster-1", "1.0", "first"),
                CREDENTIALS,
                new KnownPeers(directory));
        server.serve(new PeerServer.Services(
                replicas,
                NO_CHANGES,
                deliveries,
                (user, device, session) -> newerSessions.add(user + device + session),
                _ -> {},
                new RecordedPresence()));
        port = server.port();
        channels = channels("cluster-1", CREDENTIALS);
    }

    @AfterEach
    void disconnect() {
        channels.close();
        server.close();
        groups.close();
    }

    @Test
    void every_kind_of_answer_survives_the_way() throws Exception {
        List<byte[]> commands = ANSWERS.stream().map(_ -> new byte[] {1}).toList();

        assertThat(channels.submit(SERVING, GROUP, commands, TIMEOUT).get(10, TimeUnit.SECONDS))
                .isEqualTo(new SubmitOutcome.Applied<>(
                        ANSWERS, groups.status(GROUP).appliedIndex()));
    }

    @Test
    void every_kind_of_query_result_survives_the_way() throws Exception {
        ConversationRecord text = new ConversationRecord("c_1", 5, 4, "m_5", "bob", 99, new RecordBody.Text("שלום 🌍"));
        ConversationRecord joined = new ConversationRecord(
                "c_1",
                6,
                4,
                "m_6",
                "bob",
                99,
                new RecordBody.MembershipChange(RecordBody.Action.ADDED, "carol", Optional.of(Role.ADMIN)));
        ConversationRecord left = new ConversationRecord(
                "c_1",
                7,
                4,
                "m_7",
                "bob",
                99,
                new RecordBody.MembershipChange(RecordBody.Action.LEFT, "bob", Optional.empty()));
        for (QueryAnswer answer : List.of(
                new QueryAnswer.Page(List.of(text, joined, left), 77, true),
                new QueryAnswer.MemberList(List.of(new QueryAnswer.MemberState(
                        "bob", Role.OWNER, 1, 2, 3, List.of(new DevicePosition("phone", 3))))),
                summaries(text),
                new QueryAnswer.AccountState(
                        true,
                        12,
                        3,
                        List.of(new QueryAnswer.DeviceState("dev_a", "ios", 1, 13, true)),
                        List.of("mallory"),
                        List.of("c_1", "c_2"),
                        new AccountSettings(
                                AccountSettings.PresenceVisibility.NOBODY,
                                false,
                                true,
                                Optional.of(new AccountSettings.QuietHours(1_320, 420, "Europe/Berlin")))),
                new QueryAnswer.Refused(Refusal.NOT_A_MEMBER, "no"))) {
            found = answer;

            for (ChatQuery query : List.of(
                    new ChatQuery.PageAfter("c_1", "bob", 4, 50),
                    new ChatQuery.PageBefore("c_1", "bob", 4, 50),
                    new ChatQuery.Members("c_1", "bob"),
                    new ChatQuery.Summaries(List.of("c_1", "c_2"), "bob"),
                    new ChatQuery.Account("bob"))) {
                assertThat(QueryCodec.query(QueryCodec.request(GROUP, query))).isEqualTo(query);
                assertThat(channels.ask(SERVING, GROUP, query, TIMEOUT).get(10, TimeUnit.SECONDS))
                        .isEqualTo(new ReadOutcome.Done<>(answer));
            }
        }
    }

    private static QueryAnswer summaries(ConversationRecord last) {
        return new QueryAnswer.SummaryList(List.of(
                new QueryAnswer.Summary(
                        "c_1",
                        ConversationKind.GROUP,
                        Optional.of("Tea"),
                        Optional.empty(),
                        7,
                        1,
                        Optional.of(last),
                        4,
                        true,
                        99),
                new QueryAnswer.Summary(
                        "c_2",
                        ConversationKind.DIRECT,
                        Optional.empty(),
                        Optional.of("bob"),
                        0,
                        0,
                        Optional.empty(),
                        0,
                        false,
                        0)));
    }

    @Test
    void every_outcome_that_is_no_answer_survives_the_way() {
        for (SubmitOutcome<ChatAnswer> outcome : List.<SubmitOutcome<ChatAnswer>>of(
                new SubmitOutcome.Refused<>("too large"),
                new SubmitOutcome.NotLeader<>(Optional.of(SERVING)),
                new SubmitOutcome.NotLeader<>(Optional.empty()),
                new SubmitOutcome.Unknown<>("stepped down"),
                new SubmitOutcome.Unavailable<>(SubmitOutcome.Cause.OVERLOADED, "full"),
                new SubmitOutcome.Unavailable<>(SubmitOutcome.Cause.DISK_LOW, "full"),
                new SubmitOutcome.Unavailable<>(SubmitOutcome.Cause.NOT_READY, "soon"),
                new SubmitOutcome.Unavailable<>(SubmitOutcome.Cause.CLOSED, "closed"))) {
            assertThat(SubmitCodec.outcome(SubmitCodec.reply(outcome))).isEqualTo(outcome);
        }
    }

    @Test
    void deliveries_come_from_the_archive_first_and_then_live_without_a_hole() throws Exception {
        ring.reset(101);
        ring.append(Deliveries.texts(101, 105, "in the ring"));

        try (DeliverySource.Stream stream = new RemoteDeliveries(channels).open(SERVING, 0, 41)) {
            assertThat(stream.position()).isEqualTo(41);
            List<Delivery> received = new ArrayList<>();
            while (received.size() < 64) {
                received.addAll(stream.next().deliveries());
            }
            ring.append(Deliveries.texts(106, 107, "later"));
            while (received.size() < 66) {
                received.addAll(stream.next().deliveries());
            }
            assertThat(received)
                    .first()
                    .isEqualTo(Deliveries.texts(42, 42, "archived").getFirst());
            assertThat(received)
                    .last()
                    .isEqualTo(Deliveries.texts(107, 107, "later").getFirst());
            assertThat(received.stream().map(Delivery::number))
                    .isEqualTo(java.util.stream.LongStream.rangeClosed(42, 107)
                            .boxed()
                            .toList());
        }
    }

    @Test
    void deliveries_to_large_groups_with_long_names_pass_in_batches_of_bounded_size() throws Exception {
        List<String> members = java.util.stream.IntStream.range(0, 500)
                .mapToObj(i -> "member-with-a-very-long-name-of-sixty-four-characters-or-so-%05d".formatted(i))
                .toList();
        List<Delivery> burst = java.util.stream.LongStream.rangeClosed(1, 512)
                .mapToObj(number -> new Delivery(
                        number,
                        new Delivery.CursorMoved("c_1", members.get(0), Delivery.Cursor.DELIVERED, number, 0, members)))
                .toList();
        ring.reset(1);

        try (DeliverySource.Stream stream = new RemoteDeliveries(channels).open(SERVING, 0, 0)) {
            ring.append(burst);
            List<Delivery> received = new ArrayList<>();
            while (received.size() < burst.size()) {
                received.addAll(stream.next().deliveries());
            }
            assertThat(received).isEqualTo(burst);
        }
    }

    @Test
    void a_position_that_is_no_longer_kept_or_of_another_life_begins_at_the_newest() throws Exception {
        ring.reset(101);

        try (DeliverySource.Stream tooOld = new RemoteDeliveries(channels).open(SERVING, 0, 5);
                DeliverySource.Stream tooNew = new RemoteDeliveries(channels).open(SERVING, 0, 5_000);
                DeliverySource.Stream any = new RemoteDeliveries(channels).open(SERVING, 0, DeliverySource.NEWEST)) {
            assertThat(tooOld.position()).isEqualTo(100);
            assertThat(tooNew.position()).isEqualTo(100);
            assertThat(any.position()).isEqualTo(100);
        }
    }

    @Test
    void a_stream_ends_when_the_node_no_longer_leads_and_names_who_does() throws Exception {
        ring.reset(1);
        NodeId other = new NodeId("n2");
        try (DeliverySource.Stream stream = new RemoteDeliveries(channels).open(SERVING, 0, 0)) {
            leaders.leadershipChanged(GROUP, 99, Optional.of(other), false);

            assertThatThrownBy(stream::next)
                    .isInstanceOfSatisfying(
                            DeliverySource.Ended.class,
                            ended -> assertThat(ended.leader()).contains(other));
        }
    }

    @Test
    void closing_a_stream_wakes_its_reader() throws Exception {
        ring.reset(1);
        DeliverySource.Stream stream = new RemoteDeliveries(channels).open(SERVING, 0, 0);
        Thread closer = Thread.startVirtualThread(stream::close);

        assertThatThrownBy(stream::next).isInstanceOf(DeliverySource.Ended.class);
        closer.join();
    }

    @Test
    void a_caller_without_the_clusters_secret_is_refused() throws Exception {
        try (PeerChannels stranger = channels("cluster-1", new PeerCredentials("guessed"))) {
            assertThat(stranger.submit(SERVING, GROUP, List.of(new byte[] {1}), TIMEOUT)
                            .get(10, TimeUnit.SECONDS))
                    .isInstanceOf(SubmitOutcome.Unavailable.class);
            assertThat(stranger.reachable(SERVING)).isFalse();
        }
    }

    @Test
    void a_node_of_another_cluster_is_not_reachable() {
        try (PeerChannels foreign = channels("cluster-2", CREDENTIALS)) {
            assertThat(foreign.reachable(SERVING)).isFalse();
        }
        await().until(() -> channels.reachable(SERVING));
    }

    @Test
    void a_node_that_is_down_surely_did_nothing() throws Exception {
        server.close();

        assertThat(channels.submit(SERVING, GROUP, List.of(new byte[] {1}), TIMEOUT)
                        .get(20, TimeUnit.SECONDS))
                .isInstanceOf(SubmitOutcome.Unavailable.class);
    }

    @Test
    void other_nodes_hear_of_a_newer_session() {
        channels.announce("alice", "dev_a", "s_1");

        await().until(() -> newerSessions.equals(List.of("alicedev_as_1")));
    }

    @Test
    void a_snapshot_is_read_over_the_link_and_closed() throws Exception {
        channels.submit(SERVING, GROUP, List.of(new byte[] {1}), TIMEOUT).get(10, TimeUnit.SECONDS);

        SnapshotSession session = new RemoteSnapshots(channels).open(SERVING, GROUP);
        SnapshotSession.File file = session.manifest().files().getFirst();
        assertThat(session.manifest().group()).isEqualTo(GROUP);
        byte[] content = session.read(file.name(), 0, (int) file.bytes());
        assertThat(content).hasSize((int) file.bytes());
        session.close();

        assertThatThrownBy(() -> session.read(file.name(), 0, 1))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("no longer open");
    }

    @Test
    void a_node_that_lost_its_data_directory_may_not_found_its_groups_again() throws Exception {
        assertThat(Founding.ask(channels, List.of(SERVING), new CountDownLatch(1)))
                .isEqualTo(Founding.Verdict.MAY_FOUND);

        try (PeerChannels wiped = channels("cluster-1", CREDENTIALS, "second")) {
            assertThat(Founding.ask(wiped, List.of(SERVING), new CountDownLatch(1)))
                    .isEqualTo(Founding.Verdict.KNOWN_OTHERWISE);
        }
        assertThat(new KnownPeers(directory).meet("n2", "third")).contains("first");
        assertThat(new KnownPeers(callersDirectory).meet("n1", "second"))
                .as("the node that greeted knows who answered")
                .contains("first");
    }

    @Test
    void a_node_that_came_back_empty_is_noted_and_may_ask_to_be_let_in() throws Exception {
        await().until(() -> channels.greet(SERVING) == PeerChannels.Welcome.WELCOME);

        try (PeerChannels wiped = channels("cluster-1", CREDENTIALS, "second")) {
            RemoteReplicaChanges changes = new RemoteReplicaChanges(new NodeId("n2"), wiped);
            await().until(() -> changes.announceEmpty(SERVING));
            await().until(() -> wiped.greet(SERVING) == PeerChannels.Welcome.WELCOME);
            assertThat(changes.add(SERVING, GROUP, TIMEOUT)).isEqualTo(new ReplicaChanges.Outcome.Done());
            assertThat(changes.remove(SERVING, GROUP, TIMEOUT))
                    .as("it votes in no group, so nothing has to change")
                    .isEqualTo(new ReplicaChanges.Outcome.Done());
            assertThat(new RemoteReplicaChanges(SERVING, wiped).remove(SERVING, GROUP, TIMEOUT))
                    .isInstanceOfSatisfying(
                            ReplicaChanges.Outcome.NotNow.class,
                            notNow -> assertThat(notNow.reason()).contains("does not lead"));
        }
        await().until(() -> channels.greet(SERVING) == PeerChannels.Welcome.KNOWN_OTHERWISE);
    }

    private PeerChannels channels(String clusterId, PeerCredentials credentials) {
        return channels(clusterId, credentials, "first");
    }

    private PeerChannels channels(String clusterId, PeerCredentials credentials, String incarnation) {
        return new PeerChannels(
                new PeerServer.Identity("n2", clusterId, "1.0", incarnation),
                credentials,
                calling,
                List.of(new PeerChannels.Address(SERVING, "127.0.0.1", port)));
    }

    /// Numbers 42 to 100 are kept; what was before is gone.
    private static final class OldDeliveries implements DeliveryArchive {
        @Override
        public List<Delivery> read(TableReader tables, long fromNumber, int limit) {
            return Deliveries.texts(fromNumber, Math.min(fromNumber + limit - 1, 100), "archived");
        }

        @Override
        public long firstRetained(TableReader tables) {
            return 42;
        }
    }

    /// Answers the first seven commands with every kind of answer.
    private static final class EveryAnswer implements ReplicatedMachine<ChatAnswer> {
        @Override
        public void opened(TableReader tables) {
            // Nothing is cached.
        }

        @Override
        public List<ChatAnswer> apply(Stamp stamp, List<byte[]> commands, TableWriter tables) {
            tables.put(Family.STATE, "key".getBytes(StandardCharsets.UTF_8), new byte[] {42});
            return ANSWERS.subList(0, commands.size());
        }

        @Override
        public void written(Stamp stamp) {
            // Nobody is told.
        }
    }
}
