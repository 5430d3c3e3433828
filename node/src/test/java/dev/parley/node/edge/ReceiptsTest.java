package dev.parley.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.DevicePosition;
import dev.parley.chat.QueryAnswer;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.Rest;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.RestJson;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who hears how far somebody has read, over real sockets.
class ReceiptsTest {
    private static final int MANY = 1_000;

    private EdgeFixture edge;
    private String ann;
    private String bob;
    private String bobsPhone;
    private String conversation;

    @BeforeEach
    void start() throws Exception {
        edge = EdgeFixture.start();
        ann = edge.session("ann", "d1");
        bob = edge.session("bob", "d1");
        bobsPhone = edge.session("bob", "phone");
        conversation = edge.direct(ann, "ann", "bob");
        edge.post(ann, conversation, "m1", "one");
        edge.post(ann, conversation, "m2", "two");
        edge.chat.awaitDelivered();
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    @Test
    void who_hides_receipts_clears_the_own_badges_and_shows_only_that_it_was_delivered() throws Exception {
        readReceipts(bobsPhone, false);
        try (LiveSocket sender = LiveSocket.open(edge, ann);
                LiveSocket receiver = LiveSocket.open(edge, bob);
                LiveSocket phone = LiveSocket.open(edge, bobsPhone)) {
            receiver.send(new ClientFrame.CursorRead(conversation, 2, Optional.empty()));

            assertThat(phone.next(ServerFrame.ReceiptRead.class))
                    .isEqualTo(new ServerFrame.ReceiptRead(conversation, "bob", 2));
            assertThat(sender.next(ServerFrame.ReceiptDelivered.class))
                    .isEqualTo(new ServerFrame.ReceiptDelivered(conversation, "bob", 2));
            assertThat(bobSeenBy(bob).readThroughSeq()).isEqualTo(2);
            assertThat(bobSeenBy(ann).readThroughSeq()).isZero();
            assertThat(bobSeenBy(ann).deliveredThroughSeq()).isEqualTo(2);
        }
    }

    @Test
    void a_change_while_connected_holds_from_the_next_reading_on() throws Exception {
        try (LiveSocket sender = LiveSocket.open(edge, ann);
                LiveSocket receiver = LiveSocket.open(edge, bob)) {
            receiver.send(new ClientFrame.CursorRead(conversation, 1, Optional.empty()));
            assertThat(sender.next(ServerFrame.ReceiptRead.class).readThroughSeq())
                    .isEqualTo(1);

            readReceipts(bobsPhone, false);
            receiver.send(new ClientFrame.CursorRead(conversation, 2, Optional.empty()));
            assertThat(sender.next(ServerFrame.ReceiptDelivered.class).deliveredThroughSeq())
                    .isEqualTo(2);
            assertThat(receiver.next(ServerFrame.ReceiptRead.class).readThroughSeq())
                    .isEqualTo(1);
            assertThat(receiver.next(ServerFrame.ReceiptRead.class).readThroughSeq())
                    .isEqualTo(2);

            readReceipts(bobsPhone, true);
            edge.post(bobsPhone, conversation, "m3", "three");
            sender.next(ServerFrame.MessageNew.class);
            edge.post(ann, conversation, "m4", "four");
            sendersOtherFramesUntilRead(sender, receiver);
        }
    }

    /// However slow this machine is: never more than one command per position and pause, and the first.
    @Test
    void a_reader_who_reports_a_thousand_messages_one_by_one_costs_a_handful_of_commands() throws Exception {
        for (int i = 3; i <= MANY; i++) {
            edge.chat
                    .submit(new ChatCommand.PostMessage(conversation, "ann", "d1", "m" + i, "text"))
                    .join();
        }
        long began = System.nanoTime();
        try (LiveSocket phone = LiveSocket.open(edge, bobsPhone)) {
            for (int seq = 1; seq <= MANY; seq++) {
                phone.send(new ClientFrame.CursorDelivered(conversation, seq, Optional.empty()));
                phone.send(new ClientFrame.CursorRead(conversation, seq, Optional.empty()));
            }
            phone.send(new ClientFrame.Ping(Optional.empty()));
            awaitPong(phone);
        }
        // The session is closed: what it said last is not lost.
        Awaitility.await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
            assertThat(bobSeenBy(ann).readThroughSeq()).isEqualTo(MANY);
            assertThat(bobSeenBy(ann).deliveredThroughSeq()).isEqualTo(MANY);
            assertThat(devicesOfBob()).containsExactly(new DevicePosition("phone", MANY));
        });

        long pauses = (System.nanoTime() - began) / 500_000_000;
        assertThat(edge.chat.logged(ChatCommand.AdvanceRead.class)).isBetween(1L, pauses + 1);
        assertThat(edge.chat.logged(ChatCommand.AdvanceDelivered.class)).isBetween(1L, pauses + 1);
    }

    private static void awaitPong(LiveSocket socket) throws Exception {
        while (!(socket.next(ServerFrame.class) instanceof ServerFrame.Pong)) {
            // receipts of what was reported before
        }
    }

    /// As the rules keep them; over REST nobody is told.
    private List<DevicePosition> devicesOfBob() {
        QueryAnswer answer =
                edge.chat.ask(new ChatQuery.Members(conversation, "bob")).join();
        return ((QueryAnswer.MemberList) answer)
                .members().stream()
                        .filter(member -> member.userId().equals("bob"))
                        .findFirst()
                        .orElseThrow()
                        .devices();
    }

    @Test
    void a_reading_over_rest_is_hidden_too() throws Exception {
        readReceipts(bob, false);
        String body = "{\"deviceId\":\"d1\",\"readThroughSeq\":2}";

        assertThat(edge.call("POST", "/v1/conversations/" + conversation + "/read-cursors", bob, body)
                        .body())
                .isEqualTo("{\"readThroughSeq\":2}");

        assertThat(bobSeenBy(bob).readThroughSeq()).isEqualTo(2);
        assertThat(bobSeenBy(ann).readThroughSeq()).isZero();
    }

    /// Once receipts are on again the sender hears of the next reading, which is the first frame about reading.
    private void sendersOtherFramesUntilRead(LiveSocket sender, LiveSocket receiver) throws Exception {
        receiver.send(new ClientFrame.CursorRead(conversation, 4, Optional.empty()));
        ServerFrame frame = sender.next(ServerFrame.class);
        while (!(frame instanceof ServerFrame.ReceiptRead)) {
            frame = sender.next(ServerFrame.class);
        }
        assertThat(frame).isEqualTo(new ServerFrame.ReceiptRead(conversation, "bob", 4));
    }

    private void readReceipts(String token, boolean on) throws Exception {
        assertThat(edge.call("PATCH", "/v1/me/settings", token, "{\"readReceipts\":" + on + "}")
                        .statusCode())
                .isEqualTo(200);
    }

    private Rest.Member bobSeenBy(String token) throws Exception {
        return RestJson.decodeMemberList(
                        EdgeFixture.bytes(edge.get("/v1/conversations/" + conversation + "/members", token)))
                .members()
                .stream()
                .filter(member -> member.userId().equals("bob"))
                .findFirst()
                .orElseThrow();
    }
}
