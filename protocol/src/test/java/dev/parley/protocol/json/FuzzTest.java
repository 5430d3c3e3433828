package dev.parley.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.protocol.ClientFrame;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever bytes come, reading them gives a value or [InvalidInput]. Set `-Dparley.seed` to try another seed.
class FuzzTest {
    private static final int ROUNDS = 1_000;
    private static final List<String> SPICE = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            "\\",
            "\\u",
            "\\ud800",
            ":",
            ",",
            "null",
            "-",
            "1e999",
            "\0",
            "\uFEFF",
            "99999999999");
    private static final List<Function<byte[], Object>> READERS = List.of(
            FrameJson::decodeClient,
            FrameJson::decodeServer,
            RestJson::decodeBootstrapRequest,
            RestJson::decodeCreateDirectRequest,
            RestJson::decodeCreateGroupRequest,
            RestJson::decodePostMessageRequest,
            RestJson::decodeReadCursorRequest,
            RestJson::decodeAddMemberRequest,
            RestJson::decodeMutedRequest,
            RestJson::decodeSettings,
            RestJson::decodeSettingsPatch,
            RestJson::decodePushEndpointRequest,
            RestJson::decodeProblem,
            RestJson::decodeBootstrapResponse,
            RestJson::decodeConversationCreated,
            RestJson::decodePostMessageResponse,
            RestJson::decodeMessagePage,
            RestJson::decodeReadCursorResponse,
            RestJson::decodeMemberList,
            RestJson::decodeConversationList,
            RestJson::decodeSyncNews,
            RestJson::decodeUserPresence,
            RestJson::decodeMe,
            RestJson::decodeDeviceList);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void random_bytes_are_refused_or_read_but_break_nothing(long seed) {
        Random random = new Random(Long.getLong("parley.seed", seed));

        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            for (Function<byte[], Object> reader : READERS) {
                assertThat(refused(reader, bytes, seed)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void mutated_frames_and_bodies_are_refused_or_read_but_break_nothing(long seed) {
        Random random = new Random(Long.getLong("parley.seed", seed));
        List<byte[]> originals = originals();
        int refused = 0;

        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = originals.get(random.nextInt(originals.size())).clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                bytes = mutate(bytes, random);
            }
            for (Function<byte[], Object> reader : READERS) {
                refused += refused(reader, bytes, seed) ? 1 : 0;
            }
        }

        assertThat(refused).as("mutations that were noticed").isGreaterThan(ROUNDS);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void a_mutated_frame_that_is_read_is_read_the_same_when_written_again(long seed) {
        Random random = new Random(Long.getLong("parley.seed", seed));
        List<byte[]> originals = originals();
        int read = 0;

        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutate(originals.get(random.nextInt(originals.size())), random);
            if (!refused(FrameJson::decodeClient, bytes, seed)) {
                ClientFrame frame = FrameJson.decodeClient(bytes);
                assertThat(FrameJson.decodeClient(FrameJson.encode(frame)))
                        .as("seed " + seed)
                        .isEqualTo(frame);
                read++;
            }
        }

        assertThat(read).as("mutations that left a frame").isPositive();
    }

    private static boolean refused(Function<byte[], Object> reader, byte[] bytes, long seed) {
        try {
            assertThat(reader.apply(bytes)).isNotNull();
            return false;
        } catch (InvalidInput e) {
            assertThat(FrameJson.encode(e.errorFrame("t1"))).isNotEmpty();
            return true;
        } catch (RuntimeException | StackOverflowError e) {
            return fail("seed %d: %s".formatted(seed, new String(bytes, StandardCharsets.ISO_8859_1)), e);
        }
    }

    private static List<byte[]> originals() {
        List<byte[]> originals = new ArrayList<>();
        Samples.clientFrames().values().forEach(frame -> originals.add(FrameJson.encode(frame)));
        Samples.serverFrames().values().forEach(frame -> originals.add(FrameJson.encode(frame)));
        Samples.bodies().values().forEach(body -> originals.add(RestJson.encode(body)));
        return originals;
    }

    private static byte[] mutate(byte[] original, Random random) {
        int at = random.nextInt(original.length + 1);
        byte[] head = Arrays.copyOf(original, at);
        byte[] tail = Arrays.copyOfRange(original, at, original.length);
        return switch (random.nextInt(4)) {
            case 0 -> join(head, new byte[] {(byte) random.nextInt(256)}, rest(tail));
            case 1 -> join(head, rest(tail));
            case 2 -> join(head, SPICE.get(random.nextInt(SPICE.size())).getBytes(StandardCharsets.UTF_8), tail);
            case 3 -> random.nextBoolean() ? head : join(head, tail, tail);
            default -> throw new IllegalStateException("nextInt(4) is 0 to 3");
        };
    }

    private static byte[] rest(byte[] bytes) {
        return bytes.length == 0 ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Stream.of(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }
}
