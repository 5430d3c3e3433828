package dev.parley.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.Rest;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.RestJson;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who hears how far somebody has read, over real sockets.
class ReceiptsTest {
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
