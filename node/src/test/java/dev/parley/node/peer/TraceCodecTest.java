package dev.parley.node.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatQuery;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.DevicePosition;
import dev.parley.chat.LogPlace;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.Role;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.ReadOutcome;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TraceCodecTest {
    private static final List<DeadLetter.Numbered> LETTERS = List.of(new DeadLetter.Numbered(
            41, new DeadLetter(new DeadLetter.Push("bob", "c_1", "phone", "fcm", 9), "gone", 5, 17)));

    @Test
    void traces_survive_the_way() {
        for (ChatQuery query :
                List.of(new ChatQuery.MessageTrace("c_1", "m_1"), new ChatQuery.UserTrace("bob", "c_1", 9))) {
            assertThat(QueryCodec.query(QueryCodec.request(new GroupId("p-003"), query)))
                    .isEqualTo(query);
        }
        QueryAnswer.MemberState member =
                new QueryAnswer.MemberState("bob", Role.OWNER, 1, 2, 3, List.of(new DevicePosition("phone", 3)));
        for (QueryAnswer answer : List.of(
                new QueryAnswer.MessageTraced(Optional.empty(), 12),
                new QueryAnswer.MessageTraced(
                        Optional.of(new QueryAnswer.TracedRecord(
                                9, "m_1", "alice", 99, Optional.of(new LogPlace(2, 77)), 4, List.of(member), LETTERS)),
                        12),
                new QueryAnswer.UserTraced(
                        8, List.of(new QueryAnswer.TracedPush("fcm", 9, 100, "HTTP 200")), LETTERS))) {
            assertThat(QueryCodec.outcome(QueryCodec.reply(new ReadOutcome.Done<>(answer))))
                    .isEqualTo(new ReadOutcome.Done<>(answer));
        }
    }
}
