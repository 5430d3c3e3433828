package dev.parley.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.Ids;
import dev.parley.node.gate.GateException;
import dev.parley.protocol.ClientFrame.SyncStart;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Message;
import dev.parley.protocol.Problem.FieldError;
import dev.parley.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatchUpTest {
    private static final String CONVERSATION = Ids.direct("ann", "bob");

    /// The device synchronises at random moments while others write, deliveries lag at random, its client takes
    /// at
    /// random; what it sees of each conversation is every record after its cursor, once, in order.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void a_sync_while_records_keep_coming_has_neither_hole_nor_repeat(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> peers = List.of("bob", "cid", "dan");
        int rounds = 120;
        try (SessionFixture fixture = new SessionFixture()) {
            Map<String, Long> heads = new HashMap<>();
            for (String peer : peers) {
                fixture.submit(new ChatCommand.CreateDirect(Ids.direct("ann", peer), "ann", peer));
                for (int i = random.nextInt(250); i > 0; i--) {
                    post(fixture, peer, heads);
                }
            }
            Map<String, Long> cursors = new HashMap<>();
            heads.forEach((id, head) -> cursors.put(id, random.nextLong(head + 1)));
            fixture.chat.awaitDelivered();
            fixture.chat.holdDeliveries();
            SessionFixture.Connected ann = fixture.connect("ann", "d1", RecordedSocket.stalled());
            ann.send(new SyncStart(cursors, Optional.empty(), Optional.empty()));
            for (int round = 0; round < rounds; round++) {
                post(fixture, peers.get(random.nextInt(peers.size())), heads);
                if (random.nextInt(4) == 0) {
                    fixture.chat.releaseDeliveries();
                    fixture.chat.holdDeliveries();
                }
                ann.socket().allowWrites(random.nextInt(3));
            }
            ann.socket().allowWrites(1_000_000);
            fixture.chat.releaseDeliveries();

            Map<String, List<Long>> seen = new HashMap<>();
            boolean done = false;
            while (!done || !complete(seen, cursors, heads)) {
                ServerFrame frame = ann.socket().next();
                done |= frame instanceof ServerFrame.SyncDone;
                for (Message message : messages(frame)) {
                    seen.computeIfAbsent(message.conversationId(), _ -> new ArrayList<>())
                            .add(message.conversationSeq());
                }
            }
            fixture.chat.awaitDelivered();
            ann.session().close(CloseCode.NORMAL);
            ann.socket().closeCode();
            assertThat(ann.socket().taken()).as("seed %d", seed).isEmpty();
            heads.forEach((id, head) -> assertThat(seen.getOrDefault(id, List.of()))
                    .as("seed %d", seed)
                    .containsExactlyElementsOf(LongStream.rangeClosed(cursors.getOrDefault(id, 0L) + 1, head)
                            .boxed()
                            .toList()));
        }
    }

    @Test
    void a_long_history_waits_for_a_slow_client_instead_of_overflowing() throws Exception {
        SessionSettings small = SessionSettings.defaults().withOutboundBytesMax(64 * 1024);
        String text = "\u0001".repeat(4_000); // 24,000 bytes of JSON
        try (SessionFixture fixture = new SessionFixture(small)) {
            fixture.submit(new ChatCommand.CreateDirect(CONVERSATION, "ann", "bob"));
            for (int i = 1; i <= 40; i++) {
                fixture.submit(new ChatCommand.PostMessage(CONVERSATION, "bob", "d", "m" + i, text));
            }
            fixture.chat.awaitDelivered();
            SessionFixture.Connected ann = fixture.connect("ann", "d1", RecordedSocket.stalled());

            ann.send(new SyncStart(Map.of(CONVERSATION, 0L), Optional.empty(), Optional.empty()));
            List<Long> seqs = new ArrayList<>();
            boolean done = false;
            while (!done) {
                ann.socket().allowWrites(1);
                ServerFrame frame = ann.socket().next();
                done = frame instanceof ServerFrame.SyncDone;
                messages(frame).forEach(message -> seqs.add(message.conversationSeq()));
            }

            assertThat(seqs)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 40).boxed().toList());
            assertThat(ann.session().isOpen()).isTrue();
        }
    }

    @Test
    void a_device_that_is_up_to_date_gets_nothing_but_sync_done() throws Exception {
        try (SessionFixture fixture = new SessionFixture()) {
            fixture.submit(new ChatCommand.CreateDirect(CONVERSATION, "ann", "bob"));
            fixture.submit(new ChatCommand.PostMessage(CONVERSATION, "bob", "d", "m", "hi"));
            fixture.chat.awaitDelivered();
            SessionFixture.Connected ann = fixture.connect("ann", "d1", RecordedSocket.eager());

            ann.send(new SyncStart(Map.of(CONVERSATION, 1L), Optional.empty(), Optional.of("r")));

            assertThat(ann.socket().next()).isInstanceOf(ServerFrame.SyncDone.class);
        }
    }

    @Test
    void a_cursor_past_the_head_is_refused_and_nothing_is_said_to_be_resumed() throws Exception {
        try (SessionFixture fixture = new SessionFixture()) {
            fixture.submit(new ChatCommand.CreateDirect(CONVERSATION, "ann", "bob"));
            fixture.submit(new ChatCommand.PostMessage(CONVERSATION, "bob", "d", "m1", "hi"));
            fixture.chat.awaitDelivered();
            SessionFixture.Connected ann = fixture.connect("ann", "d1", RecordedSocket.eager());

            ann.send(new SyncStart(Map.of(CONVERSATION, 9L), Optional.empty(), Optional.empty()));

            assertThat(ann.socket().next()).isInstanceOfSatisfying(ServerFrame.ErrorFrame.class, error -> {
                assertThat(error.problem().code()).isEqualTo(ErrorCode.INVALID_FIELD);
                assertThat(error.problem().errors())
                        .containsExactly(new FieldError("cursors." + CONVERSATION, "is past the head, which is 1"));
            });
            assertThat(ann.socket().next())
                    .isInstanceOfSatisfying(
                            ServerFrame.SyncDone.class,
                            done -> assertThat(done.resumed()).isFalse());
            fixture.submit(new ChatCommand.PostMessage(CONVERSATION, "bob", "d", "m2", "hi again"));
            assertThat(ann.socket().next())
                    .isInstanceOfSatisfying(
                            ServerFrame.MessageNew.class,
                            live -> assertThat(live.message().conversationSeq()).isEqualTo(2));
        }
    }

    @Test
    void a_sync_of_an_unknown_conversation_says_so_and_goes_on_with_the_others() throws Exception {
        String unknown = Ids.group("ann", "never-made");
        try (SessionFixture fixture = new SessionFixture()) {
            fixture.submit(new ChatCommand.CreateDirect(CONVERSATION, "ann", "bob"));
            fixture.submit(new ChatCommand.PostMessage(CONVERSATION, "bob", "d", "m1", "hi"));
            fixture.chat.awaitDelivered();
            SessionFixture.Connected ann = fixture.connect("ann", "d1", RecordedSocket.eager());

            ann.send(new SyncStart(Map.of(unknown, 0L, CONVERSATION, 0L), Optional.empty(), Optional.empty()));

            List<ErrorCode> refused = new ArrayList<>();
            List<String> synced = new ArrayList<>();
            boolean done = false;
            while (!done) {
                switch (ann.socket().next()) {
                    case ServerFrame.ErrorFrame error ->
                        refused.add(error.problem().code());
                    case ServerFrame.SyncBatch batch -> synced.add(batch.conversationId());
                    case ServerFrame.SyncDone end -> done = end.resumed();
                    case ServerFrame other -> throw new AssertionError(other);
                }
            }
            assertThat(refused).containsExactly(ErrorCode.CONVERSATION_UNKNOWN);
            assertThat(synced).containsExactly(CONVERSATION);
        }
    }

    @Test
    void a_member_removed_during_the_sync_hears_of_it() throws Exception {
        String group = Ids.group("ann", "g");
        try (SessionFixture fixture = new SessionFixture()) {
            fixture.submit(new ChatCommand.CreateGroup(group, "ann", "Crew", List.of("bob")));
            fixture.chat.awaitDelivered();
            SessionFixture.Connected bob = fixture.connect("bob", "d1", RecordedSocket.eager());
            bob.session().gaps().hold(Map.of(group, 0L));
            fixture.submit(new ChatCommand.RemoveMember(group, "ann", "bob"));
            fixture.chat.awaitDelivered();

            bob.send(new SyncStart(Map.of(group, 0L), Optional.empty(), Optional.empty()));

            assertThat(bob.socket().next())
                    .isInstanceOfSatisfying(
                            ServerFrame.ErrorFrame.class,
                            error -> assertThat(error.problem().code()).isEqualTo(ErrorCode.NOT_A_MEMBER));
        }
    }

    @Test
    void the_record_that_removes_a_member_reaches_it_although_its_pages_are_closed() {
        List<byte[]> sent = new ArrayList<>();
        Gaps gaps = new Gaps(sent::add, MemoryChat.PARTITIONING::partitionOf);
        byte[] farewell = {1};

        gaps.hold(Map.of("c", 4L));
        gaps.live("c", 5, new byte[] {0}, false);
        gaps.live("c", 6, farewell, true);
        gaps.abandon("c");

        assertThat(sent).containsExactly(farewell);
    }

    @Test
    void a_second_sync_is_refused_while_one_is_under_way() throws Exception {
        try (SessionFixture fixture =
                new SessionFixture(SessionSettings.defaults().withOutboundBytesMax(64 * 1024))) {
            fixture.submit(new ChatCommand.CreateDirect(CONVERSATION, "ann", "bob"));
            for (int i = 1; i <= 60; i++) {
                fixture.submit(new ChatCommand.PostMessage(CONVERSATION, "bob", "d", "m" + i, "x".repeat(3_000)));
            }
            fixture.chat.awaitDelivered();
            SessionFixture.Connected ann = fixture.connect("ann", "d1", RecordedSocket.stalled());
            ann.send(new SyncStart(Map.of(CONVERSATION, 0L), Optional.empty(), Optional.of("first")));

            ann.send(new SyncStart(Map.of(), Optional.empty(), Optional.of("second")));

            ann.socket().allowWrites(1_000);
            List<Optional<String>> refs = new ArrayList<>();
            while (refs.size() < 2) {
                switch (ann.socket().next()) {
                    case ServerFrame.ErrorFrame error -> refs.add(error.ref());
                    case ServerFrame.SyncDone done -> refs.add(done.ref());
                    case ServerFrame.SyncBatch _ -> {}
                    case ServerFrame other -> throw new AssertionError(other);
                }
            }
            assertThat(refs).containsExactlyInAnyOrder(Optional.of("second"), Optional.of("first"));
        }
    }

    @Test
    void a_page_that_cannot_be_read_closes_the_session_so_that_it_starts_over() throws Exception {
        try (SessionFixture fixture = new SessionFixture()) {
            SessionFixture.Connected ann = fixture.connect("ann", "d1", RecordedSocket.eager());
            fixture.chat.failWith(new GateException(ErrorCode.NO_LEADER, "two of three nodes are gone"));

            ann.send(new SyncStart(Map.of(CONVERSATION, 0L), Optional.empty(), Optional.empty()));

            assertThat(ann.socket().next()).isInstanceOf(ServerFrame.ErrorFrame.class);
            assertThat(ann.socket().closeCode()).isEqualTo(CloseCode.RESYNC.code());
        }
    }

    private static void post(SessionFixture fixture, String peer, Map<String, Long> heads) throws Exception {
        String id = Ids.direct("ann", peer);
        long seq = heads.merge(id, 1L, Long::sum);
        fixture.submit(new ChatCommand.PostMessage(id, peer, "d", "m" + seq, "text " + seq));
    }

    private static List<Message> messages(ServerFrame frame) {
        return switch (frame) {
            case ServerFrame.SyncBatch batch -> batch.messages();
            case ServerFrame.MessageNew live -> List.of(live.message());
            case ServerFrame.SyncDone _ -> List.of();
            case ServerFrame other -> throw new AssertionError(other);
        };
    }

    private static boolean complete(Map<String, List<Long>> seen, Map<String, Long> cursors, Map<String, Long> heads) {
        return heads.entrySet().stream()
                .allMatch(head -> seen.getOrDefault(head.getKey(), List.of()).size()
                        >= head.getValue() - cursors.getOrDefault(head.getKey(), 0L));
    }
}
