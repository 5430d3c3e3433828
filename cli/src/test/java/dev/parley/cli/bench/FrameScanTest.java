package dev.parley.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Problem;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// The bench's own reader of frames agrees with the protocol's writer.
class FrameScanTest {

    private final FrameScan scan = new FrameScan();
    private final List<String> batch = new ArrayList<>();

    private void read(ServerFrame frame) {
        byte[] bytes = FrameJson.encode(frame);
        scan.read(bytes, 0, bytes.length, (seq, text) -> batch.add(seq + " " + text));
    }

    private static Message message(long seq, String text) {
        return new Message("m_" + seq, "c_1", seq, "u_1", Instant.EPOCH, new MessageBody.Text(text));
    }

    @Test
    void an_acknowledgement_gives_id_and_place() {
        read(new ServerFrame.MessageAck("run-1-5", "m_1", "c_1", 42, Instant.EPOCH, false, Optional.empty()));

        assertThat(scan.type).isEqualTo("message.ack");
        assertThat(scan.clientMessageId).isEqualTo("run-1-5");
        assertThat(scan.seq).isEqualTo(42);
    }

    @Test
    void a_live_record_gives_place_and_text() {
        read(new ServerFrame.MessageNew(message(7, "שלום \"quoted\"")));

        assertThat(scan.type).isEqualTo("message.new");
        assertThat(scan.seq).isEqualTo(7);
        assertThat(scan.text).isEqualTo("שלום \"quoted\"");
    }

    @Test
    void a_batch_gives_each_record_and_stays_a_batch() {
        read(new ServerFrame.SyncBatch("c_1", List.of(message(1, "one"), message(2, "two"))));

        assertThat(scan.type).isEqualTo("sync.batch");
        assertThat(batch).containsExactly("1 one", "2 two");
    }

    @Test
    void a_problem_gives_what_a_retry_needs() {
        Problem problem = new Problem(ErrorCode.NO_LEADER, "wait", OptionalLong.of(100), "t", List.of());
        read(new ServerFrame.ErrorFrame(problem, Optional.of("run-1-5"), Optional.empty()));

        assertThat(scan.type).isEqualTo("error");
        assertThat(scan.code).isEqualTo("no-leader");
        assertThat(scan.retryable).isTrue();
    }
}
