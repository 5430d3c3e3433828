package dev.parley.node.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.Ids;
import dev.parley.node.session.SessionFixture.Connected;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.ServerFrame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final String CONVERSATION = Ids.direct("ann", "bob");
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @Test
    void frames_that_gather_during_a_write_go_out_together() throws Exception {
        try (SessionFixture fixture = new SessionFixture()) {
            Connected ann = fixture.connect("ann", "d1", RecordedSocket.stalled());
            int frames = 100;
            for (int i = 0; i < frames; i++) {
                ann.session().send(new ServerFrame.Pong(Optional.of("r" + i)));
            }
            ann.socket().allowWrites(1_000);

            List<String> refs = new ArrayList<>();
            for (int i = 0; i < frames; i++) {
                refs.add(((ServerFrame.Pong) ann.socket().next()).ref().orElseThrow());
            }
            assertThat(refs)
                    .containsExactlyElementsOf(
                            IntStream.range(0, frames).mapToObj(i -> "r" + i).toList());
            assertThat(ann.socket().writesDone()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void a_queue_over_its_bytes_closes_with_4008_and_drops_what_waits() throws Exception {
        try (SessionFixture fixture =
                new SessionFixture(SessionSettings.defaults().withOutboundBytesMax(4_096))) {
            Connected ann = fixture.connect("ann", "d1", RecordedSocket.stalled());
            ServerFrame written = new ServerFrame.Pong(Optional.of("written"));
            ann.session().send(written);
            ann.socket().awaitWrite();
            while (ann.session().isOpen()) {
                ann.session().send(new ServerFrame.Pong(Optional.of("x".repeat(60))));
            }
            ann.socket().allowWrites(1_000);

            assertThat(ann.socket().closeCode()).isEqualTo(CloseCode.SLOW_CONSUMER.code());
            assertThat(ann.socket().taken()).containsExactly(written);
        }
    }

    @Test
    void a_write_older_than_ten_seconds_closes_with_4008_and_is_cut_after_the_grace() throws Exception {
        try (SessionFixture fixture = new SessionFixture()) {
            Connected ann = fixture.connect("ann", "d1", RecordedSocket.stalled());
            ann.session().send(new ServerFrame.Pong(Optional.empty()));
            await().until(() -> {
                fixture.pass(11);
                ann.session().received(false);
                ann.session().sweep(NOW, new Positions(4));
                return !ann.session().isOpen();
            });

            fixture.pass(6);
            ann.session().sweep(NOW, new Positions(4));

            assertThat(ann.socket().isClosed()).isTrue();
        }
    }

    @Test
    void an_expired_token_ends_the_session_with_4402() throws Exception {
        try (SessionFixture fixture = new SessionFixture()) {
            RecordedSocket socket = RecordedSocket.eager();
            Session session = fixture.session("ann", "d1", socket, NOW.plusSeconds(1));

            session.sweep(NOW, new Positions(4));
            assertThat(session.isOpen()).isTrue();
            session.sweep(NOW.plusSeconds(1), new Positions(4));

            assertThat(socket.closeCode()).isEqualTo(CloseCode.TOKEN_EXPIRED.code());
        }
    }

    @Test
    void a_closing_session_takes_no_more_frames() throws Exception {
        try (SessionFixture fixture = new SessionFixture()) {
            Connected ann = fixture.connect("ann", "d1", RecordedSocket.eager());

            ann.session().close(CloseCode.RESTARTING);
            ann.session().close(CloseCode.REPLACED);
            ann.session().send(new ServerFrame.Pong(Optional.empty()));

            assertThat(ann.socket().closeCode()).isEqualTo(CloseCode.RESTARTING.code());
            assertThat(ann.socket().taken()).isEmpty();
        }
    }

    @Test
    void only_the_highest_position_is_kept_while_one_is_under_way() throws Exception {
        try (SessionFixture fixture = new SessionFixture()) {
            fixture.submit(new ChatCommand.CreateDirect(CONVERSATION, "ann", "bob"));
            for (int i = 1; i <= 9; i++) {
                fixture.submit(new ChatCommand.PostMessage(CONVERSATION, "bob", "d", "m" + i, "text"));
            }
            fixture.chat.awaitDelivered();
            Connected bob = fixture.connect("bob", "d9", RecordedSocket.eager());
            Connected ann = fixture.connect("ann", "d1", RecordedSocket.eager());
            fixture.chat.stall();
            for (long seq : new long[] {1, 2, 7, 3, 9, 8}) {
                ann.send(new ClientFrame.CursorDelivered(CONVERSATION, seq, Optional.empty()));
            }

            assertThat(fixture.chat.stalledCommands()).isEqualTo(1);
            fixture.chat.resume();

            assertThat(bob.socket().next()).isEqualTo(new ServerFrame.ReceiptDelivered(CONVERSATION, "ann", 1));
            assertThat(bob.socket().next()).isEqualTo(new ServerFrame.ReceiptDelivered(CONVERSATION, "ann", 9));
        }
    }

    @Test
    void a_client_with_too_much_unanswered_is_not_read_until_an_answer_comes() throws Exception {
        SessionSettings few =
                SessionSettings.defaults().withUnansweredMax(new SessionSettings.Unanswered(3, 1_000_000));
        try (SessionFixture fixture = new SessionFixture(few)) {
            fixture.submit(new ChatCommand.CreateDirect(CONVERSATION, "ann", "bob"));
            Connected ann = fixture.connect("ann", "d1", RecordedSocket.eager());
            fixture.chat.stall();
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 1; i <= 5; i++) {
                        ann.send(new ClientFrame.MessageSend(
                                CONVERSATION, "m" + i, new MessageBody.Text("text"), Optional.empty()));
                    }
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            });
            await().until(() -> reader.getState() == Thread.State.WAITING);

            assertThat(fixture.chat.stalledCommands()).isEqualTo(3);
            fixture.chat.resume();

            List<String> acknowledged = new ArrayList<>();
            for (int i = 1; i <= 5; i++) {
                acknowledged.add(((ServerFrame.MessageAck) ann.socket().next()).clientMessageId());
            }
            assertThat(acknowledged).containsExactlyInAnyOrder("m1", "m2", "m3", "m4", "m5");
            reader.join();
        }
    }

    @Test
    void late_deliveries_of_what_a_page_brought_are_dropped_until_the_first_newer_one() {
        List<byte[]> sent = new ArrayList<>();
        Gaps gaps = new Gaps(sent::add, MemoryChat.PARTITIONING::partitionOf);
        byte[] page = {1};
        byte[] newer = {2};

        gaps.hold(Map.of("c", 0L));
        gaps.fill("c", 5, page);
        assertThat(gaps.close("c", 0)).isTrue();
        gaps.live("c", 4, new byte[] {9}, false);
        gaps.live("c", 5, new byte[] {9}, false);
        gaps.live("c", 6, newer, false);
        gaps.live("other", 1, newer, false);

        assertThat(sent).containsExactly(page, newer, newer);
    }
}
