package dev.parley.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordOrderTest {

    private static final String CONVERSATION = "c_1";
    private static final String ME = "me";

    private static Message record(long seq) {
        return new Message("m_" + seq, CONVERSATION, seq, "u_1", Instant.EPOCH, new MessageBody.Text("t" + seq));
    }

    private static List<Long> seqs(List<Message> records) {
        return records.stream().map(Message::conversationSeq).toList();
    }

    /// Live records are lost, doubled and shuffled, the stash is tiny, and resyncs come at any time: what is
    /// shown is
    /// always 1, 2, 3… and in the end all of it.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233})
    void whatever_arrives_each_record_is_shown_once_and_in_order(long seed) {
        Random random = new Random(seed);
        RecordOrder order = new RecordOrder(Map.of(), 5);
        List<Long> arriving =
                new ArrayList<>(LongStream.rangeClosed(1, 60).boxed().toList());
        arriving.removeIf(_ -> random.nextInt(4) == 0);
        arriving.addAll(arriving.subList(0, arriving.size() / 3));
        Collections.shuffle(arriving, random);
        List<Long> shown = new ArrayList<>();

        for (long seq : arriving) {
            shown.addAll(seqs(order.live(record(seq), 0)));
            if (random.nextInt(10) == 0) {
                shown.addAll(resync(order, Math.min(60, order.cursor(CONVERSATION) + random.nextInt(8))));
            }
        }
        shown.addAll(resync(order, 60));

        assertThat(shown)
                .as("seed %d", seed)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 60).boxed().toList());
        assertThat(order.hasGap(CONVERSATION)).isFalse();
    }

    private static List<Long> resync(RecordOrder order, long through) {
        List<Message> page = LongStream.rangeClosed(order.cursor(CONVERSATION) + 1, through)
                .mapToObj(RecordOrderTest::record)
                .toList();
        return seqs(order.synced(CONVERSATION, page, ME, true, 0).orElseThrow());
    }

    @Test
    void the_first_page_of_a_resync_may_begin_where_the_user_joined() {
        RecordOrder order = new RecordOrder(Map.of(), 10);
        order.live(record(22), 0);

        assertThat(order.synced(CONVERSATION, List.of(added(20, ME), record(21)), ME, true, 0)
                        .map(RecordOrderTest::seqs))
                .contains(List.of(20L, 21L, 22L));
    }

    @Test
    void the_first_page_of_a_resync_may_not_begin_later_for_another_reason() {
        RecordOrder order = new RecordOrder(Map.of(), 10);

        assertThat(order.synced(CONVERSATION, List.of(record(20)), ME, true, 0)).isEmpty();
        assertThat(order.synced(CONVERSATION, List.of(added(20, "someone")), ME, true, 0))
                .isEmpty();
        assertThat(order.cursor(CONVERSATION)).isZero();
    }

    private static Message added(long seq, String userId) {
        MessageBody body = new MessageBody.Membership("added", userId, Optional.of("member"));
        return new Message("m_" + seq, CONVERSATION, seq, "u_1", Instant.EPOCH, body);
    }

    @Test
    void a_hole_within_a_resync_is_never_shown_over() {
        RecordOrder order = new RecordOrder(Map.of(), 10);

        assertThat(order.synced(CONVERSATION, List.of(record(1), record(3)), ME, true, 0))
                .isEqualTo(Optional.empty());
        assertThat(order.cursor(CONVERSATION)).isZero();
    }

    @Test
    void a_gap_is_reported_only_after_it_has_been_open_for_a_while() {
        RecordOrder order = new RecordOrder(Map.of(CONVERSATION, 4L), 10);
        order.live(record(6), 1_000);

        assertThat(order.gapsBefore(999)).isEmpty();
        assertThat(order.gapsBefore(1_000)).containsExactly(CONVERSATION);
        assertThat(seqs(order.live(record(5), 2_000))).containsExactly(5L, 6L);
        assertThat(order.gapsBefore(9_000)).isEmpty();
    }
}
