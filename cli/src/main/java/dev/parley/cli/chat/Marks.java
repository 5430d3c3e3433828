package dev.parley.cli.chat;

import dev.parley.client.SessionListener.Receipt;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How far the others in a conversation have received and read it. Thread-safe.
final class Marks {
    private final String userId;
    private final Map<String, Reach> others = new TreeMap<>();

    Marks(String userId) {
        this.userId = userId;
    }

    private record Reach(long joinedSeq, long deliveredSeq, long readSeq) {}

    /// What is known of a message that was accepted.
    ///
    /// @param others who could receive it
    /// @param delivered how many of them have
    /// @param read how many have read it
    record Mark(int others, int delivered, int read) {}

    synchronized void know(List<Rest.Member> members) {
        for (Rest.Member member : members) {
            put(member.userId(), new Reach(member.joinedSeq(), member.deliveredThroughSeq(), member.readThroughSeq()));
        }
    }

    /// Who came and who went.
    synchronized void heard(Message record) {
        if (record.body() instanceof MessageBody.Membership change) {
            switch (change.action()) {
                case "added" -> put(change.userId(), new Reach(record.conversationSeq(), 0, 0));
                case "removed", "left" -> others.remove(change.userId());
                default -> {} // nobody came or went
            }
        }
    }

    synchronized void heard(Receipt receipt) {
        long through = receipt.throughSeq();
        put(
                receipt.userId(),
                switch (receipt.kind()) {
                    case DELIVERED -> new Reach(0, through, 0);
                    case READ -> new Reach(0, through, through);
                });
    }

    synchronized Mark of(long seq) {
        List<Reach> audience = others.values().stream()
                .filter(reach -> reach.joinedSeq() <= seq)
                .toList();
        return new Mark(
                audience.size(),
                (int) audience.stream()
                        .filter(reach -> reach.deliveredSeq() >= seq)
                        .count(),
                (int) audience.stream().filter(reach -> reach.readSeq() >= seq).count());
    }

    /// News and what was asked for may come in any order: nothing falls.
    private void put(String who, Reach news) {
        if (!who.equals(userId)) {
            others.merge(
                    who,
                    news,
                    (known, next) -> new Reach(
                            Math.max(known.joinedSeq(), next.joinedSeq()),
                            Math.max(known.deliveredSeq(), next.deliveredSeq()),
                            Math.max(known.readSeq(), next.readSeq())));
        }
    }
}
