package dev.parley.raftstorage.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.raftstorage.StorageLimits;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryCodecTest {
    /// The bytes of version 1. They are in the logs of running clusters: never change this line.
    private static final String GOLDEN =
            "01" + "000001a2b3c4d5e6" + "0123456789abcdef" + "00000002" + "00000002" + "6162" + "00000000";

    @Test
    void an_entry_has_the_bytes_of_version_1() {
        EntryCodec.Content content =
                new EntryCodec.Content(0x1a2b3c4d5e6L, 0x0123456789abcdefL, List.of("ab".getBytes(UTF_8), new byte[0]));

        assertThat(HexFormat.of().formatHex(EntryCodec.encode(content))).isEqualTo(GOLDEN);
    }

    @Test
    void the_bytes_of_version_1_are_read() {
        EntryCodec.Content content = EntryCodec.decode(golden());

        assertThat(content.epochMillis()).isEqualTo(0x1a2b3c4d5e6L);
        assertThat(content.entropy()).isEqualTo(0x0123456789abcdefL);
        assertThat(content.commands()).containsExactly("ab".getBytes(UTF_8), new byte[0]);
    }

    @Test
    void the_size_is_known_before_encoding() {
        List<byte[]> commands = List.of(new byte[5], new byte[70_000]);

        assertThat(EntryCodec.encode(new EntryCodec.Content(1, 2, commands)))
                .hasSize(Math.toIntExact(StorageLimits.entryBytes(commands)));
    }

    @Test
    void an_entry_of_a_later_version_is_refused() {
        ByteBuffer later = golden();
        later.put(0, (byte) 2);

        assertThatThrownBy(() -> EntryCodec.decode(later))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void every_truncated_entry_is_refused() {
        for (int length = 0; length < golden().limit(); length++) {
            ByteBuffer cut = golden().limit(length);
            assertThatThrownBy(() -> EntryCodec.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void random_bytes_are_read_or_refused_but_never_anything_else(long seed) {
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = golden().array();
            bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt();
            try {
                EntryCodec.decode(ByteBuffer.wrap(bytes));
                read++;
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
            }
        }
        assertThat(read).as("seed %d", seed).isPositive();
    }

    private static ByteBuffer golden() {
        return ByteBuffer.wrap(HexFormat.of().parseHex(GOLDEN));
    }
}
