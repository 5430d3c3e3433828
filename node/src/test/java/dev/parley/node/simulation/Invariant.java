package dev.parley.node.simulation;

import dev.parley.chat.ConversationRecord;
import dev.parley.chat.RecordBody;
import dev.parley.node.delivery.Delivery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/// What must hold at the end of every run.
sealed interface Invariant {

    /// What speaks against the invariant; empty if it holds.
    List<String> violations(Evidence evidence);

    static List<Invariant> all() {
        return List.of(
                new AckedPostIsNeverLost(),
                new SeqHasNoGap(),
                new NoDuplicate(),
                new ReplicasAgree(),
                new DeliveryNumbersAreDense());
    }

    /// Every acknowledged post stands on every node where its acknowledgement says.
    record AckedPostIsNeverLost() implements Invariant {
        @Override
        public List<String> violations(Evidence evidence) {
            List<String> violations = new ArrayList<>();
            evidence.histories()
                    .forEach((node, conversations) -> evidence.acked().forEach(acked -> {
                        List<ConversationRecord> history =
                                conversations.getOrDefault(acked.post().conversationId(), List.of());
                        int seq = (int) acked.answer().seq();
                        if (seq > history.size() || !says(history.get(seq - 1), acked)) {
                            violations.add("%s does not have %s".formatted(node, acked));
                        }
                    }));
            return violations;
        }

        private static boolean says(ConversationRecord record, Evidence.Acked acked) {
            return record.messageId().equals(acked.answer().messageId())
                    && record.senderId().equals(acked.post().senderId())
                    && record.body().equals(new RecordBody.Text(acked.post().text()));
        }
    }

    /// Records are numbered 1, 2, 3 and so on.
    record SeqHasNoGap() implements Invariant {
        @Override
        public List<String> violations(Evidence evidence) {
            List<String> violations = new ArrayList<>();
            eachHistory(evidence, (where, history) -> {
                for (int at = 0; at < history.size(); at++) {
                    if (history.get(at).seq() != at + 1) {
                        violations.add("%s: expected record %d but got %s".formatted(where, at + 1, history.get(at)));
                    }
                }
            });
            return violations;
        }
    }

    /// No message stands twice, however often it was sent. Each message of a run has its own text.
    record NoDuplicate() implements Invariant {
        @Override
        public List<String> violations(Evidence evidence) {
            List<String> violations = new ArrayList<>();
            eachHistory(evidence, (where, history) -> {
                Set<Object> seen = new HashSet<>();
                for (ConversationRecord record : history) {
                    boolean again = record.body() instanceof RecordBody.Text text && !seen.add(text);
                    if (again || !seen.add(record.messageId())) {
                        violations.add("%s: twice %s".formatted(where, record));
                    }
                }
            });
            return violations;
        }
    }

    /// All replicas have the same rows.
    record ReplicasAgree() implements Invariant {
        @Override
        public List<String> violations(Evidence evidence) {
            return Set.copyOf(evidence.tables().values()).size() == 1
                    ? List.of()
                    : List.of("the tables of %s differ"
                            .formatted(evidence.tables().keySet()));
        }
    }

    /// Each sink is told dense numbers, and a number means the same to all of them.
    record DeliveryNumbersAreDense() implements Invariant {
        @Override
        public List<String> violations(Evidence evidence) {
            List<String> violations = new ArrayList<>();
            Map<Long, Delivery> first = new HashMap<>();
            for (RecordingSink sink : evidence.sinks()) {
                violations.addAll(sink.complaints);
                for (Delivery delivery : sink.deliveries) {
                    Delivery other = first.putIfAbsent(delivery.number(), delivery);
                    if (other != null && !other.equals(delivery)) {
                        violations.add("expected %s but got %s".formatted(other, delivery));
                    }
                }
            }
            return violations;
        }
    }

    private static void eachHistory(Evidence evidence, BiConsumer<String, List<ConversationRecord>> judge) {
        evidence.histories()
                .forEach((node, conversations) -> conversations.forEach(
                        (conversationId, history) -> judge.accept(conversationId + " on " + node, history)));
    }
}
