package dev.parley.client.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void frames_of_any_size_arrive_whole_however_the_bytes_are_cut(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> sent = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < 200; i++) {
            sent.add("x".repeat(random.nextInt(i % 20 == 0 ? 70_000 : 300)));
            bytes.write(frame(0x81, sent.getLast()));
        }
        FrameReader reader = new FrameReader(dribbling(bytes.toByteArray(), random));
        List<String> read = new ArrayList<>();

        for (int i = 0; i < sent.size(); i++) {
            reader.next((_, buffer, offset, length) ->
                    read.add(new String(buffer, offset, length, StandardCharsets.UTF_8)));
        }

        assertThat(read).as("seed %d", seed).isEqualTo(sent);
    }

    @Test
    void fragments_become_one_message_also_with_a_ping_between_them() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(frame(0x01, "one "));
        bytes.write(frame(0x89, "ping"));
        bytes.write(frame(0x00, "two "));
        bytes.write(frame(0x80, "three"));
        FrameReader reader = new FrameReader(new ByteArrayInputStream(bytes.toByteArray()));
        List<String> read = new ArrayList<>();

        for (int i = 0; i < 4; i++) {
            reader.next((opcode, buffer, offset, length) ->
                    read.add(opcode + ":" + new String(buffer, offset, length, StandardCharsets.UTF_8)));
        }

        assertThat(read).containsExactly("9:ping", "1:one two three");
    }

    @Test
    void what_no_server_may_send_is_refused() {
        assertViolates(new byte[] {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, 0}); // masked
        assertViolates(new byte[] {(byte) 0xC1, 0}); // extension bit
        assertViolates(new byte[] {(byte) 0x82, 0}); // binary
        assertViolates(new byte[] {(byte) 0x80, 0}); // end of nothing
        assertViolates(new byte[] {0x09, 0}); // ping in fragments
        assertViolates(new byte[] {(byte) 0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0}); // a terabyte
        assertViolates(new byte[] {(byte) 0x81, 127, (byte) 0xFF, 0, 0, 0, 0, 0, 0, 0}); // negative
    }

    @Test
    void an_end_within_a_frame_is_an_end() {
        FrameReader reader = new FrameReader(new ByteArrayInputStream(new byte[] {(byte) 0x81, 5, 'a'}));

        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> reader.next((_, _, _, _) -> {}));
    }

    private static void assertViolates(byte[] bytes) {
        FrameReader reader = new FrameReader(new ByteArrayInputStream(bytes));
        assertThatExceptionOfType(FrameReader.ProtocolViolationException.class)
                .isThrownBy(() -> reader.next((_, _, _, _) -> {}));
    }

    private static byte[] frame(int first, String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(first);
        if (payload.length < 126) {
            frame.write(payload.length);
        } else if (payload.length <= 0xFFFF) {
            frame.write(126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(127);
            frame.writeBytes(new byte[] {0, 0, 0, 0, 0});
            frame.write(payload.length >> 16);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        }
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    private static InputStream dribbling(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(5_000)));
            }
        };
    }

    @Test
    void frames_are_masked_as_a_client_must() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(out);
        byte[] text = "grüße".repeat(50).getBytes(StandardCharsets.UTF_8);

        writer.add(FrameReader.TEXT, text);
        writer.flush();

        byte[] frame = out.toByteArray();
        assertThat(frame[1] & 0xFF).isEqualTo(0x80 | 126);
        byte[] unmasked = new byte[text.length];
        for (int i = 0; i < text.length; i++) {
            unmasked[i] = (byte) (frame[8 + i] ^ frame[4 + (i & 3)]);
        }
        assertThat(unmasked).isEqualTo(text);
    }
}
