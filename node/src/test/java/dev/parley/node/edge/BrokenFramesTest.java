package dev.parley.node.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.node.session.SessionSettings;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.Limits;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenFramesTest {
    private static final int RESERVED_1 = 0x40;

    private static EdgeFixture edge;
    private static int devices;
    private static String conversation;
    private String token;

    @BeforeAll
    static void start() throws Exception {
        edge = EdgeFixture.start();
        edge.session("bob", "d1");
        conversation = edge.direct(edge.session("ann", "d0"), "ann", "bob");
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    /// A device of its own for each test, so that none replaces another's session.
    @BeforeEach
    void device() throws Exception {
        devices++;
        token = edge.session("ann", "d" + devices);
    }

    @Test
    void a_binary_frame_closes_with_1003() throws Exception {
        assertThat(closeCodeAfter(raw -> raw.frame(RawSocket.FIN | RawSocket.BINARY, new byte[] {1, 2, 3})))
                .isEqualTo(CloseCode.UNSUPPORTED_DATA.code());
    }

    @Test
    void invalid_utf8_closes_with_1007() throws Exception {
        for (byte[] invalid : List.of(
                new byte[] {'"', (byte) 0xC3, '"'},
                new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, // half a surrogate pair
                new byte[] {(byte) 0xC0, (byte) 0xAF},
                new byte[] {(byte) 0xF8, (byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80})) {
            assertThat(closeCodeAfter(raw -> raw.frame(RawSocket.FIN | RawSocket.TEXT, invalid)))
                    .as(Arrays.toString(invalid))
                    .isEqualTo(CloseCode.INVALID_UTF8.code());
        }
    }

    @Test
    void broken_framing_closes_with_1002() throws Exception {
        List<Attempt> attempts = List.of(
                raw -> raw.frame(RawSocket.FIN | RESERVED_1 | RawSocket.TEXT, "{}".getBytes(UTF_8)),
                raw -> raw.frame(RawSocket.FIN | 0x3, new byte[0]),
                raw -> raw.frame(RawSocket.FIN | 0xB, new byte[0]),
                raw -> raw.frame(RawSocket.FIN | RawSocket.CONTINUATION, "{}".getBytes(UTF_8)),
                raw -> raw.frame(RawSocket.PING, new byte[0]),
                raw -> raw.frame(RawSocket.FIN | RawSocket.PING, new byte[126]),
                raw -> raw.frame(RawSocket.FIN | RawSocket.CLOSE, new byte[] {3}),
                raw -> raw.frame(RawSocket.FIN | RawSocket.CLOSE, new byte[] {3, (byte) 0xED}), // 1005
                raw -> {
                    raw.send(RawSocket.head(RawSocket.FIN | RawSocket.TEXT, 2, false));
                    raw.send("{}".getBytes(UTF_8));
                },
                raw -> {
                    raw.frame(RawSocket.TEXT, "{".getBytes(UTF_8));
                    raw.frame(RawSocket.FIN | RawSocket.TEXT, "}".getBytes(UTF_8));
                });
        for (int i = 0; i < attempts.size(); i++) {
            assertThat(closeCodeAfter(attempts.get(i))).as("attempt " + i).isEqualTo(CloseCode.PROTOCOL_ERROR.code());
        }
    }

    @Test
    void a_frame_over_the_limit_closes_with_1009_before_it_is_read() throws Exception {
        for (long length : new long[] {Limits.FRAME_BYTES_MAX + 1, Integer.MAX_VALUE, Long.MAX_VALUE, -1}) {
            assertThat(closeCodeAfter(raw -> raw.send(RawSocket.head(RawSocket.FIN | RawSocket.TEXT, length, true))))
                    .as("length " + length)
                    .isEqualTo(CloseCode.TOO_LARGE.code());
        }
    }

    @Test
    void fragments_without_end_close_with_1009_by_their_bytes_and_by_their_number() throws Exception {
        assertThat(closeCodeAfter(raw -> {
                    raw.frame(RawSocket.TEXT, new byte[40_000]);
                    raw.frame(RawSocket.CONTINUATION, new byte[40_000]);
                }))
                .isEqualTo(CloseCode.TOO_LARGE.code());
        assertThat(closeCodeAfter(raw -> {
                    raw.frame(RawSocket.TEXT, new byte[0]);
                    for (int i = 0; i < 1_100; i++) {
                        raw.frame(RawSocket.CONTINUATION, new byte[0]);
                    }
                }))
                .isEqualTo(CloseCode.TOO_LARGE.code());
    }

    @Test
    void a_message_that_never_ends_is_closed_although_its_fragments_keep_coming() throws Exception {
        SessionSettings defaults = SessionSettings.defaults();
        SessionSettings impatient = new SessionSettings(
                defaults.outboundBytesMax(),
                defaults.writeMax(),
                defaults.pingEvery(),
                Duration.ofMillis(1_500),
                defaults.closeGrace(),
                defaults.unansweredMax());
        try (EdgeFixture other = EdgeFixture.start(settings -> settings.withSessions(impatient));
                RawSocket raw = RawSocket.open(other, other.session("u", "d"))) {
            raw.frame(RawSocket.TEXT, "{".getBytes(UTF_8));
            // Pings come between the fragments and are answered: they must not keep the message alive.
            RawSocket.Frame frame = new RawSocket.Frame(RawSocket.PONG, "", 0);
            for (int fragments = 0; frame.opCode() == RawSocket.PONG; fragments++) {
                if (fragments < 500) {
                    raw.frame(RawSocket.CONTINUATION, new byte[0]);
                }
                raw.frame(RawSocket.FIN | RawSocket.PING, new byte[0]);
                frame = raw.read();
            }

            assertThat(frame.closeCode()).isEqualTo(CloseCode.SILENT.code());
        }
    }

    @Test
    void a_silent_client_is_pinged_and_then_closed_with_4001() throws Exception {
        SessionSettings defaults = SessionSettings.defaults();
        SessionSettings impatient = new SessionSettings(
                defaults.outboundBytesMax(),
                defaults.writeMax(),
                Duration.ofMillis(500),
                Duration.ofMillis(4_000),
                defaults.closeGrace(),
                defaults.unansweredMax());
        try (EdgeFixture other = EdgeFixture.start(settings -> settings.withSessions(impatient));
                RawSocket raw = RawSocket.open(other, other.session("u", "d"))) {
            assertThat(raw.read().opCode()).isEqualTo(RawSocket.PING);
            assertThat(raw.readCloseCode()).isEqualTo(CloseCode.SILENT.code());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"type\":7}",
                "{\"type\":\"message.fly\",\"ref\":\"r\"}",
                "{\"type\":\"message.send\"}",
                "{\"type\":\"message.send\",\"conversationId\":\"c\",\"clientMessageId\":\"m\","
                        + "\"body\":{\"kind\":\"text\",\"text\":\"\"}}",
                "{\"type\":\"message.send\",\"conversationId\":\"c\",\"clientMessageId\":\"m\","
                        + "\"body\":{\"kind\":\"text\",\"text\":\"\\udc00\"}}",
                "{\"type\":\"message.send\",\"conversationId\":\"c\",\"clientMessageId\":\"m\","
                        + "\"body\":{\"kind\":\"membership\"}}",
                "{\"type\":\"cursor.read\",\"conversationId\":\"c\",\"readThroughSeq\":-1}",
                "{\"type\":\"sync.start\",\"cursors\":{\"c\":\"x\"}}"
            })
    void a_bad_frame_is_answered_with_an_error_and_the_socket_stays(String text) throws Exception {
        try (RawSocket raw = RawSocket.open(edge, token)) {
            raw.text(text);
            assertThat(raw.read().payload()).contains("\"type\":\"error\"", "\"effect\":\"none\"", "\"traceId\":");
            raw.text("{\"type\":\"ping\"}");

            assertThat(raw.read().payload()).contains("\"type\":\"pong\"");
        }
    }

    @Test
    void an_error_carries_what_the_frame_was_known_by() throws Exception {
        try (RawSocket raw = RawSocket.open(edge, token)) {
            raw.text("{\"type\":\"message.send\",\"ref\":\"r9\",\"clientMessageId\":\"m9\",\"conversationId\":\"c\"}");

            assertThat(raw.read().payload()).contains("\"ref\":\"r9\"", "\"clientMessageId\":\"m9\"");
        }
    }

    @Test
    void nonsense_without_end_closes_with_4029() throws Exception {
        try (RawSocket raw = RawSocket.open(edge, token)) {
            for (int i = 0; i < 100; i++) {
                raw.text("nonsense");
            }

            assertThat(raw.readCloseCode()).isEqualTo(CloseCode.RATE.code());
        }
    }

    @Test
    void a_text_over_4096_bytes_is_refused_and_the_socket_stays() throws Exception {
        try (RawSocket raw = RawSocket.open(edge, token)) {
            raw.text(send("m-long", "x".repeat(4_097)));
            assertThat(raw.read().payload()).contains("\"type\":\"error\"", "\"clientMessageId\":\"m-long\"");
            raw.text(send("m-fits", "x".repeat(4_096)));

            assertThat(raw.read().payload()).contains("\"type\":\"message.ack\"", "\"clientMessageId\":\"m-fits\"");
        }
    }

    @Test
    void a_message_may_come_in_fragments_split_inside_a_character_with_pings_between() throws Exception {
        byte[] message = send("m-fragments", "grüße 🦊 ✨").getBytes(UTF_8);
        try (RawSocket raw = RawSocket.open(edge, token)) {
            raw.frame(RawSocket.TEXT, new byte[] {message[0]});
            for (int at : IntStream.range(1, message.length - 1).toArray()) {
                raw.frame(RawSocket.CONTINUATION, new byte[] {message[at]});
            }
            raw.frame(RawSocket.FIN | RawSocket.PING, "between".getBytes(UTF_8));
            RawSocket.Frame pong = raw.read();
            raw.frame(RawSocket.FIN | RawSocket.CONTINUATION, new byte[] {message[message.length - 1]});

            assertThat(pong).isEqualTo(new RawSocket.Frame(RawSocket.PONG, "between", 0));
            assertThat(raw.read().payload()).contains("\"type\":\"message.ack\"");
        }
        assertThat(edge.get(EdgeFixture.messages(conversation) + "?limit=200", token)
                        .body())
                .contains("grüße 🦊 ✨");
    }

    @Test
    void a_clients_close_is_answered() throws Exception {
        try (RawSocket raw = RawSocket.open(edge, token)) {
            raw.frame(RawSocket.FIN | RawSocket.CLOSE, new byte[] {3, (byte) 0xE8});

            assertThat(raw.readCloseCode()).isEqualTo(CloseCode.NORMAL.code());
            assertThat(raw.readAll()).isEmpty();
        }
    }

    @Test
    void a_client_that_takes_nothing_is_closed_with_4008_and_the_others_are_served() throws Exception {
        // The grace outlasts the posts on a slow machine: else the connection is cut before the close frame is read.
        SessionSettings small =
                SessionSettings.defaults().withOutboundBytesMax(64 * 1024).withCloseGrace(Duration.ofMinutes(2));
        try (EdgeFixture other = EdgeFixture.start(settings -> settings.withSessions(small))) {
            String sender = other.session("ann", "d1");
            String slow = other.session("bob", "d1");
            String direct = other.direct(sender, "ann", "bob");
            try (RawSocket raw = RawSocket.open(other, slow, 4_096)) {
                String text = "x".repeat(4_000);
                int posted = 0;
                while (other.sessions.live().size() == 1 && posted < 400 && !closing(other)) {
                    other.post(sender, direct, "m" + posted++, text);
                }

                assertThat(raw.readCloseCode()).isEqualTo(CloseCode.SLOW_CONSUMER.code());
            }
        }
    }

    private static boolean closing(EdgeFixture other) {
        return other.server.connections() == 0;
    }

    private static String send(String clientMessageId, String text) {
        return ("{\"type\":\"message.send\",\"conversationId\":\"%s\",\"clientMessageId\":\"%s\","
                        + "\"body\":{\"kind\":\"text\",\"text\":\"%s\"}}")
                .formatted(conversation, clientMessageId, text);
    }

    private int closeCodeAfter(Attempt attempt) throws Exception {
        try (RawSocket raw = RawSocket.open(edge, token)) {
            attempt.on(raw);
            return raw.readCloseCode();
        }
    }

    @FunctionalInterface
    private interface Attempt {
        void on(RawSocket raw) throws Exception;
    }
}
