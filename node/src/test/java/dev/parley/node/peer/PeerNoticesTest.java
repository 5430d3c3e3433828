package dev.parley.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.chat.ChatAnswer;
import dev.parley.node.delivery.DeliveryRing;
import dev.parley.node.delivery.TypingNotice;
import dev.parley.node.gate.LocalReplicas;
import dev.parley.node.machine.ChatMachine;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.presence.PresenceReply;
import dev.parley.node.presence.PresenceReport;
import dev.parley.node.presence.PresenceState;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicaAdmin;
import dev.parley.raftstorage.memory.MemoryGroups;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is only about this moment, on its way from one node to another.
class PeerNoticesTest {
    private static final NodeId SERVING = new NodeId("n1");
    private static final PeerCredentials CREDENTIALS = new PeerCredentials("derived-from-the-secret");

    private static final ReplicaAdmin NO_CHANGES = new ReplicaAdmin() {
        @Override
        public CompletableFuture<Void> addReplica(GroupId group, NodeId node) {
            throw new AssertionError("nobody asked for a replica");
        }

        @Override
        public CompletableFuture<Void> removeReplica(GroupId group, NodeId node) {
            throw new AssertionError("nobody asked for less");
        }

        @Override
        public CompletableFuture<Void> retireReplica(GroupId group) {
            throw new AssertionError("nobody asked for less");
        }

        @Override
        public CompletableFuture<Void> startEmptyReplica(GroupId group) {
            throw new AssertionError("nobody asked for a replica");
        }
    };

    private final RecordedPresence presence = new RecordedPresence();
    private final List<TypingNotice> typing = new CopyOnWriteArrayList<>();
    private final MemoryGroups<ChatAnswer> groups =
            MemoryGroups.single(_ -> new ChatMachine(new DeliveryRing()), List.of(Partitioning.group(0)));
    private PeerServer server;
    private PeerChannels channels;

    @TempDir
    private Path directory;

    @TempDir
    private Path callersDirectory;

    @BeforeEach
    void connect() throws IOException {
        server = new PeerServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new PeerServer.Identity("n1", "cluster-1", "1.0", "first"),
                CREDENTIALS,
                new KnownPeers(directory));
        server.serve(new PeerServer.Services(
                new LocalReplicas(groups, (query, _) -> {
                    throw new AssertionError("nobody asked for " + query);
                }),
                NO_CHANGES,
                (leader, _, _) -> {
                    throw new AssertionError("nobody follows " + leader);
                },
                (_, _, _) -> {},
                typing::add,
                presence));
        channels = new PeerChannels(
                new PeerServer.Identity("n2", "cluster-1", "1.0", "first"),
                CREDENTIALS,
                new KnownPeers(callersDirectory),
                List.of(new PeerChannels.Address(SERVING, "127.0.0.1", server.port())));
    }

    @AfterEach
    void disconnect() {
        channels.close();
        server.close();
        groups.close();
    }

    @Test
    void who_is_typing_is_told_to_the_other_node_in_order() {
        RemoteTyping elsewhere = new RemoteTyping(channels, () -> {
            throw new AssertionError("nothing must be dropped");
        });
        List<TypingNotice> told = IntStream.range(0, 100)
                .mapToObj(i -> new TypingNotice("c_" + i, "ann", i % 2 == 0, List.of("bob", "שרה")))
                .toList();

        told.forEach(elsewhere::tell);

        await().untilAsserted(() -> assertThat(typing).isEqualTo(told));
    }

    @Test
    void presence_survives_the_way_in_both_directions() throws Exception {
        PresenceReport report = new PresenceReport(
                new NodeId("n2"),
                List.of(new PresenceReport.Seat("ann", "s_1")),
                List.of(new PresenceReport.Seat("bob", "s_2")),
                List.of("dave"),
                List.of("carol"),
                List.of("שרה"));
        List<PresenceState> changes =
                List.of(new PresenceState("ann", true, 0, 7, 8), new PresenceState("bob", false, 99, 7, 9));
        presence.answer = new PresenceReply(changes, Set.of(3, 5));
        RemotePresence elsewhere = new RemotePresence(channels, () -> {
            throw new AssertionError("nothing must be dropped");
        });

        assertThat(elsewhere.report(SERVING, report).get(10, TimeUnit.SECONDS)).contains(presence.answer);
        assertThat(presence.reports).containsExactly(report);

        elsewhere.push(SERVING, changes);

        await().untilAsserted(() -> assertThat(presence.heard).isEqualTo(changes));
    }
}
