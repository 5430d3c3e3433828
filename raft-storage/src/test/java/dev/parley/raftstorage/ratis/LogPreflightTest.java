package dev.parley.raftstorage.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.raftstorage.rocks.AppliedPosition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogPreflightTest {
    private static final int PREALLOCATED = 64 << 10;
    private static final AppliedPosition NOTHING = AppliedPosition.NOTHING;

    @TempDir
    Path group;

    private Path current;

    @BeforeEach
    void format() throws IOException {
        current = Files.createDirectories(group.resolve("current"));
        Files.writeString(current.resolve("raft-meta"), "term=3\nvotedFor=n1\n");
    }

    @Test
    void a_sound_log_passes() throws Exception {
        write("log_0-9", segment(0, 9));
        write("log_inprogress_10", padded(segment(10, 14)));

        assertThatCode(() -> check(NOTHING)).doesNotThrowAnyException();
        assertThat(Files.size(current.resolve("log_inprogress_10"))).isEqualTo(PREALLOCATED);
    }

    @Test
    void a_log_without_the_vote_is_damage() throws IOException {
        write("log_inprogress_0", segment(0, 5));
        Files.delete(current.resolve("raft-meta"));

        assertThatThrownBy(() -> check(NOTHING))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("vote");
    }

    /// Wherever a killed write stopped: every border of a page or sector within the last entry.
    @Test
    void an_entry_written_only_in_part_is_dropped_and_nothing_else() throws Exception {
        byte[] before = segment(0, 3);
        byte[] whole = append(before, entry(4, 9_000));
        for (int cut = 512; cut < whole.length; cut += 512) {
            if (cut <= before.length) {
                continue;
            }
            write("log_inprogress_0", padded(Arrays.copyOf(whole, cut)));

            check(new AppliedPosition(1, 3, 0));

            assertThat(Files.readAllBytes(current.resolve("log_inprogress_0")))
                    .as("cut at %d", cut)
                    .isEqualTo(before);
        }
    }

    @Test
    void several_entries_of_one_write_of_which_the_last_is_cut_keep_the_whole_ones() throws Exception {
        byte[] before = append(segment(0, 3), entry(4, 700));
        byte[] whole = append(before, entry(5, 2_000));
        write("log_inprogress_0", padded(Arrays.copyOf(whole, (before.length / 512 + 2) * 512)));

        check(NOTHING);

        assertThat(Files.readAllBytes(current.resolve("log_inprogress_0"))).isEqualTo(before);
    }

    /// Bit rot is not an unfinished write, wherever it strikes, the last entry and its length included.
    @Test
    void a_changed_bit_anywhere_is_damage() throws Exception {
        byte[] sound = padded(append(segment(0, 3), entry(4, 3_000)));
        Random random = new Random(4);
        int lastStart = segment(0, 3).length;
        int end = append(segment(0, 3), entry(4, 3_000)).length;
        for (int position = 8; position < end; position += position > lastStart + 60 ? 97 : 1) {
            int bit = random.nextInt(8);
            byte[] rotten = sound.clone();
            rotten[position] ^= (byte) (1 << bit);
            write("log_inprogress_0", rotten);

            assertThatThrownBy(() -> check(NOTHING))
                    .as("seed 4, bit %d of byte %d", bit, position)
                    .isInstanceOf(DamagedLogException.class);
        }
        assertThat(Files.readAllBytes(current.resolve("log_inprogress_0"))).hasSize(PREALLOCATED);
    }

    @Test
    void an_incomplete_entry_that_the_tables_already_hold_is_damage() throws Exception {
        byte[] before = segment(0, 3);
        byte[] whole = append(before, entry(4, 9_000));
        write("log_inprogress_0", padded(Arrays.copyOf(whole, 4096)));

        assertThatThrownBy(() -> check(new AppliedPosition(1, 4, 0))).isInstanceOf(DamagedLogException.class);
    }

    @Test
    void an_incomplete_entry_in_a_closed_segment_is_damage() throws Exception {
        byte[] whole = append(segment(0, 3), entry(4, 9_000));
        write("log_0-4", padded(Arrays.copyOf(whole, 4096)));

        assertThatThrownBy(() -> check(NOTHING)).isInstanceOf(DamagedLogException.class);
    }

    @Test
    void zeros_before_the_end_are_damage() throws Exception {
        byte[] whole = append(segment(0, 9), new byte[600]);
        write("log_inprogress_0", padded(append(whole, entry(10, 100))));

        assertThatThrownBy(() -> check(NOTHING)).isInstanceOf(DamagedLogException.class);
    }

    @Test
    void a_missing_segment_is_damage() throws Exception {
        write("log_0-9", segment(0, 9));
        write("log_inprogress_20", segment(20, 21));

        assertThatThrownBy(() -> check(NOTHING))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("gap");
    }

    @Test
    void a_log_that_does_not_continue_the_tables_is_damage() throws Exception {
        write("log_inprogress_20", segment(20, 21));

        assertThatThrownBy(() -> check(new AppliedPosition(1, 12, 0)))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("tables end at 12");
        assertThatCode(() -> check(new AppliedPosition(1, 19, 0))).doesNotThrowAnyException();
    }

    @Test
    void tables_of_another_history_are_damage() throws Exception {
        write("log_inprogress_0", segment(0, 5));

        assertThatThrownBy(() -> check(new AppliedPosition(2, 5, 0)))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("term");
    }

    @Test
    void an_unreadable_vote_is_damage() throws Exception {
        Files.write(current.resolve("raft-meta"), new byte[40]);

        assertThatThrownBy(() -> check(NOTHING)).isInstanceOf(DamagedLogException.class);
    }

    private void check(AppliedPosition durable) throws DamagedLogException, IOException {
        LogPreflight.check(group, durable);
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(current.resolve(name), bytes);
    }

    private static byte[] segment(long from, long to) throws IOException {
        byte[] bytes = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
        for (long index = from; index <= to; index++) {
            bytes = append(bytes, entry(index, 100 + (int) index));
        }
        return bytes;
    }

    /// An entry as Ratis writes it.
    private static byte[] entry(long index, int dataBytes) throws IOException {
        byte[] data = new byte[dataBytes];
        new Random(index).nextBytes(data);
        LogEntryProto entry = LogEntryProto.newBuilder()
                .setTerm(1)
                .setIndex(index)
                .setStateMachineLogEntry(StateMachineLogEntryProto.newBuilder()
                        .setLogData(ByteString.copyFrom(data))
                        .setCallId(index))
                .build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeUInt32NoTag(entry.getSerializedSize());
        entry.writeTo(out);
        out.flush();
        CRC32C crc = new CRC32C();
        crc.update(bytes.toByteArray());
        bytes.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
        return bytes.toByteArray();
    }

    private static byte[] append(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static byte[] padded(byte[] bytes) {
        return Arrays.copyOf(bytes, PREALLOCATED);
    }
}
