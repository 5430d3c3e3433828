package dev.parley.node.delivery;

import dev.parley.chat.ConversationRecord;
import dev.parley.chat.RecordBody;
import java.util.List;
import java.util.stream.LongStream;

/// Deliveries for tests.
public final class Deliveries {
    private Deliveries() {}

    /// Texts of alice to bob, one for each number.
    public static List<Delivery> texts(long from, long to, String text) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(number -> new Delivery(number, text(number, text)))
                .toList();
    }

    private static Delivery.Event text(long number, String text) {
        return new Delivery.RecordAdded(
                new ConversationRecord(
                        "c_1", number, number, "m_" + number, "alice", 1_000 + number, new RecordBody.Text(text)),
                "dev_a",
                List.of("alice", "bob"));
    }
}
