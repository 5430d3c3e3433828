package dev.parley.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Problem.FieldError;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is no frame or body is refused with the right code, a sentence, and what the answer must carry.
class BadInputTest {
    private static final String SEND = """
            {"type":"message.send","conversationId":"c_1","clientMessageId":"k1","ref":"r1",\
            "body":{"kind":"text","text":%s}}""";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "\"ping\"",
                "7",
                "{",
                "{\"type\":\"ping\"",
                "{\"type\":\"ping\"}}",
                "{\"type\":\"ping\"}{\"type\":\"ping\"}",
                "{\"type\":\"ping\"} x",
                "{'type':'ping'}",
                "{type:\"ping\"}",
                "{\"type\":\"ping\",}",
                "{\"type\":\"ping\",\"type\":\"ping\"}",
                "{\"type\":\"ping\",\"x\":{\"a\":1,\"a\":2}}",
                "{\"type\":\"ping\",\"x\":NaN}",
                "{\"type\":\"ping\",\"x\":01}",
                "{\"type\":\"ping\",\"x\":\"\t\"}",
                "{\"type\":\"ping\",\"x\":\"\\x\"}",
                "{\"type\":\"ping\"}/* */",
                "\uFEFF{\"type\":\"ping\"}",
                "{\"type\":7}",
                "{\"type\":null}",
                "{}",
                "\0{\0\"",
            })
    void what_is_not_one_json_object_with_a_type_is_malformed(String frame) {
        assertThat(fault(frame).code()).isEqualTo(ErrorCode.MALFORMED);
    }

    @Test
    void nesting_too_deep_is_malformed_and_deep_enough_is_fine() {
        int inner = Limits.NESTING_MAX - 1;

        String deepest = "{\"type\":\"ping\",\"x\":" + "[".repeat(inner) + "]".repeat(inner) + "}";
        String deeper = "{\"type\":\"ping\",\"x\":" + "[".repeat(inner + 1) + "]".repeat(inner + 1) + "}";
        String abyss = "{\"type\":\"ping\",\"x\":" + "[".repeat(50_000);

        assertThat(FrameJson.decodeClient(deepest.getBytes(UTF_8))).isInstanceOf(ClientFrame.Ping.class);
        assertThat(fault(deeper).code()).isEqualTo(ErrorCode.MALFORMED);
        assertThat(fault(abyss).code()).isEqualTo(ErrorCode.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"typing.start", "presence.changed", "message.new", "Ping", "", "𝄞 \\\" x"})
    void an_unknown_type_is_malformed_and_the_known_ones_are_named(String type) {
        InvalidInput fault = fault("{\"ref\":\"r1\",\"type\":\"" + type + "\"}");

        assertThat(fault.code()).isEqualTo(ErrorCode.MALFORMED);
        assertThat(fault.detail())
                .contains("cursor.delivered, cursor.read, message.send, ping, presence.watch, sync.start, typing")
                .contains("unknown");
        assertThat(fault.ref()).contains("r1");
        assertThat(fault.unknownType()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "null",
                "{}",
                "[\"a\"]",
                "true",
                "\"\"",
                "\"\\ud800\"",
                "\"a\\udc00\\ud800b\"",
                "\"\\ud83d x\"",
            })
    void a_text_that_is_none_is_an_invalid_field_and_says_whose(String text) {
        InvalidInput fault = fault(SEND.formatted(text));

        assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_FIELD);
        assertThat(fault.errors()).extracting(FieldError::field).containsExactly("body.text");
        assertThat(fault.ref()).contains("r1");
        assertThat(fault.clientMessageId()).contains("k1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u0000", "a\\u0000b", "the end\\u0000"})
    void a_text_or_title_with_the_character_zero_is_an_invalid_field(String text) {
        InvalidInput ofText = fault(SEND.formatted("\"" + text + "\""));
        byte[] group = ("{\"title\":\"" + text + "\",\"clientConversationId\":\"k\",\"participantIds\":[\"u\"]}")
                .getBytes(UTF_8);
        InvalidInput ofTitle = catchThrowableOfType(InvalidInput.class, () -> RestJson.decodeCreateGroupRequest(group));

        assertThat(ofText.code()).isEqualTo(ErrorCode.INVALID_FIELD);
        assertThat(ofText.errors()).containsExactly(new FieldError("body.text", "must not hold U+0000"));
        assertThat(ofTitle.errors()).containsExactly(new FieldError("title", "must not hold U+0000"));
    }

    @Test
    void a_text_may_have_4096_bytes_of_utf_8_and_no_more() {
        String longest = "船".repeat(1365) + "x";

        assertThat(FrameJson.decodeClient(SEND.formatted("\"" + longest + "\"").getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        ClientFrame.MessageSend.class,
                        send -> assertThat(send.body()).isEqualTo(new MessageBody.Text(longest)));
        assertThat(fault(SEND.formatted("\"" + longest + "y\"")).errors())
                .containsExactly(new FieldError("body.text", "must be 1 to 4096 bytes of UTF-8 but is 4097"));
    }

    @ParameterizedTest
    @CsvSource({"ff", "c0 80", "e2 82", "ed a0 80", "f4 90 80 80", "80"})
    void bytes_that_are_no_utf_8_are_refused_and_never_replaced(String hex) {
        String frame = SEND.formatted("\"a%b\"");
        int hole = frame.indexOf('%');
        byte[] bytes = concat(
                frame.substring(0, hole).getBytes(UTF_8),
                unhex(hex),
                frame.substring(hole + 1).getBytes(UTF_8));

        InvalidInput fault = catchThrowableOfType(InvalidInput.class, () -> FrameJson.decodeClient(bytes));

        assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_FIELD);
        assertThat(fault.detail()).contains("UTF-8").doesNotContain("Input length");
        assertThat(fault.errors())
                .containsExactly(new FieldError("body", "is not valid UTF-8 from byte %d on".formatted(hole + 1)));
    }

    @Test
    void a_replacement_character_that_was_sent_is_kept() {
        assertThat(FrameJson.decodeClient(SEND.formatted("\"a\uFFFDb\"").getBytes(UTF_8)))
                .isInstanceOfSatisfying(
                        ClientFrame.MessageSend.class,
                        send -> assertThat(send.body()).isEqualTo(new MessageBody.Text("a\uFFFDb")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "1.0",
                "1e3",
                "0.5",
                "9007199254740992",
                "9223372036854775808",
                "-9223372036854775808",
                "1e400",
                "\"7\"",
                "null",
                "true",
                "[7]",
                "{}",
            })
    void a_sequence_number_that_is_none_is_an_invalid_field(String number) {
        InvalidInput fault =
                fault("{\"type\":\"cursor.read\",\"conversationId\":\"c_1\",\"readThroughSeq\":" + number + "}");

        assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_FIELD);
        assertThat(fault.errors()).extracting(FieldError::field).containsExactly("readThroughSeq");
    }

    @Test
    void a_number_of_ten_thousand_digits_is_an_invalid_field() {
        InvalidInput fault = fault(
                "{\"type\":\"cursor.read\",\"conversationId\":\"c_1\",\"readThroughSeq\":" + "9".repeat(10_000) + "}");

        assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_FIELD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"image", "membership", "Text", ""})
    void a_kind_that_no_client_posts_is_an_invalid_field(String kind) {
        InvalidInput fault = fault("{\"type\":\"message.send\",\"conversationId\":\"c_1\",\"clientMessageId\":\"k1\","
                + "\"body\":{\"kind\":\"" + kind + "\",\"text\":\"x\"}}");

        assertThat(fault.errors()).containsExactly(new FieldError("body.kind", "must be one of text"));
        assertThat(fault.clientMessageId()).contains("k1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\\nb", "a\\u0000", "a\\u2028b", "\\ud800", "\\u00a0"})
    void an_id_is_one_word_of_unicode(String id) {
        InvalidInput fault = fault("{\"type\":\"cursor.read\",\"readThroughSeq\":1,\"conversationId\":\"" + id + "\"}");

        assertThat(fault.errors()).extracting(FieldError::field).containsExactly("conversationId");
    }

    @Test
    void ids_and_refs_have_a_longest_length() {
        String longestId = "k".repeat(Limits.CLIENT_ID_LENGTH_MAX);
        String longestRef = "r".repeat(Limits.REF_LENGTH_MAX);

        assertThat(FrameJson.decodeClient(send(longestId, longestRef))).isNotNull();
        InvalidInput fault =
                catchThrowableOfType(InvalidInput.class, () -> FrameJson.decodeClient(send(longestId + "k", "r")));
        assertThat(fault.errors()).extracting(FieldError::field).containsExactly("clientMessageId");
        assertThat(fault.clientMessageId()).isEmpty();
        fault = catchThrowableOfType(InvalidInput.class, () -> FrameJson.decodeClient(send("k", longestRef + "r")));
        assertThat(fault.errors()).extracting(FieldError::field).containsExactly("ref");
        assertThat(fault.ref()).isEmpty();
    }

    @Test
    void all_faults_of_a_frame_are_said_at_once() {
        InvalidInput fault = fault("{\"type\":\"message.send\",\"clientMessageId\":7,\"body\":{\"text\":\"\"}}");

        assertThat(fault.errors())
                .extracting(FieldError::field)
                .containsExactly("conversationId", "clientMessageId", "body.kind", "body.text");
        assertThat(fault.detail()).startsWith("conversationId is missing; clientMessageId must be a string");
    }

    @Test
    void a_broken_frame_is_answered_with_the_ids_that_came_before_the_break() {
        InvalidInput fault = fault("{\"ref\":\"r1\",\"clientMessageId\":\"k1\",\"type\":\"message.send\",\"body\":{");

        assertThat(fault.errorFrame("t1").clientMessageId()).contains("k1");
        assertThat(fault.errorFrame("t1").ref()).contains("r1");
        assertThat(fault.errorFrame("t1").problem().code()).isEqualTo(ErrorCode.MALFORMED);
    }

    @Test
    void the_answer_to_any_quotation_of_half_a_surrogate_pair_can_be_written() {
        InvalidInput fault = fault("{\"type\":\"\\ud800\"}");

        assertThat(new String(FrameJson.encode(fault.errorFrame("t1")), UTF_8)).contains("type \uFFFD is unknown");
    }

    @Test
    void unknown_fields_and_null_for_a_field_that_may_be_missing_are_ignored() {
        assertThat(FrameJson.decodeClient(
                        "{\"later\":{\"a\":[1,null]},\"type\":\"ping\",\"ref\":null,\"since\":\"x\"}".getBytes(UTF_8)))
                .isEqualTo(new ClientFrame.Ping(Optional.empty()));
    }

    @Test
    void a_frame_and_a_request_over_the_limit_are_too_large() {
        byte[] bytes = ("{\"type\":\"ping\",\"x\":\"" + "x".repeat(Limits.FRAME_BYTES_MAX) + "\"}").getBytes(UTF_8);

        assertThat(catchThrowableOfType(InvalidInput.class, () -> FrameJson.decodeClient(bytes))
                        .code())
                .isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(catchThrowableOfType(InvalidInput.class, () -> RestJson.decodeMutedRequest(bytes))
                        .code())
                .isEqualTo(ErrorCode.TOO_LARGE);
    }

    @Test
    void a_sync_names_at_most_a_thousand_conversations() {
        assertThat(FrameJson.decodeClient(syncStart(Limits.SYNC_CURSORS_MAX))).isNotNull();
        assertThat(catchThrowableOfType(
                                InvalidInput.class,
                                () -> FrameJson.decodeClient(syncStart(Limits.SYNC_CURSORS_MAX + 1)))
                        .code())
                .isEqualTo(ErrorCode.TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a b\":1}", "{\"c_1\":-1}", "{\"c_1\":null}", "[]", "7"})
    void cursors_map_conversations_to_sequence_numbers(String cursors) {
        assertThat(fault("{\"type\":\"sync.start\",\"cursors\":" + cursors + "}")
                        .code())
                .isEqualTo(ErrorCode.INVALID_FIELD);
    }

    @Test
    void a_sync_without_cursors_and_since_is_refused() {
        assertThat(fault("{\"type\":\"sync.start\"}").errors())
                .extracting(FieldError::field)
                .containsExactly("cursors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"u_1\"]", "[\"u_1\",\"u_2\",\"u_3\"]", "[]", "[\"u_1\",7]", "[\"u_1\",\"\"]", "{}"})
    void a_direct_conversation_has_two_users(String participants) {
        byte[] body = ("{\"participantIds\":" + participants + "}").getBytes(UTF_8);

        assertThat(catchThrowableOfType(InvalidInput.class, () -> RestJson.decodeCreateDirectRequest(body))
                        .code())
                .isEqualTo(ErrorCode.INVALID_FIELD);
    }

    @Test
    void a_group_has_at_most_500_users() {
        assertThat(RestJson.decodeCreateGroupRequest(group(Limits.GROUP_MEMBERS_MAX)))
                .isNotNull();
        assertThat(catchThrowableOfType(
                                InvalidInput.class,
                                () -> RestJson.decodeCreateGroupRequest(group(Limits.GROUP_MEMBERS_MAX + 1)))
                        .code())
                .isEqualTo(ErrorCode.TOO_LARGE);
    }

    @Test
    void words_of_a_closed_set_are_checked() {
        byte[] platform = "{\"deviceId\":\"d\",\"platform\":\"toaster\"}".getBytes(UTF_8);
        byte[] role = "{\"userId\":\"u\",\"role\":\"king\"}".getBytes(UTF_8);

        assertThat(catchThrowableOfType(InvalidInput.class, () -> RestJson.decodeBootstrapRequest(platform))
                        .errors())
                .containsExactly(new FieldError("platform", "must be one of ios, android, web, desktop, cli"));
        assertThat(catchThrowableOfType(InvalidInput.class, () -> RestJson.decodeAddMemberRequest(role))
                        .errors())
                .containsExactly(new FieldError("role", "must be one of owner, admin, member"));
    }

    @Test
    void a_code_of_a_newer_node_reads_as_internal_which_promises_nothing() {
        byte[] problem = """
                {"type":"urn:parley:problem:moon-full","title":"t","status":418,"detail":"d","code":"moon-full",\
                "effect":"none","retryable":false,"traceId":"t1"}""".getBytes(UTF_8);

        assertThat(RestJson.decodeProblem(problem).code()).isEqualTo(ErrorCode.INTERNAL);
    }

    private static InvalidInput fault(String frame) {
        InvalidInput fault =
                catchThrowableOfType(InvalidInput.class, () -> FrameJson.decodeClient(frame.getBytes(UTF_8)));
        assertThat(fault).as("fault of " + frame).isNotNull();
        assertThat(fault.detail()).isNotBlank();
        return fault;
    }

    private static byte[] send(String clientMessageId, String ref) {
        return """
                {"type":"message.send","conversationId":"c_1","clientMessageId":"%s","ref":"%s",\
                "body":{"kind":"text","text":"x"}}""".formatted(clientMessageId, ref).getBytes(UTF_8);
    }

    private static byte[] syncStart(int cursors) {
        String entries = IntStream.range(0, cursors)
                .mapToObj(i -> "\"c_" + i + "\":" + i)
                .collect(Collectors.joining(","));
        return ("{\"type\":\"sync.start\",\"cursors\":{" + entries + "}}").getBytes(UTF_8);
    }

    private static byte[] group(int members) {
        String ids =
                IntStream.range(0, members).mapToObj(i -> "\"u_" + i + "\"").collect(Collectors.joining(","));
        return ("{\"title\":\"t\",\"clientConversationId\":\"k\",\"participantIds\":[" + ids + "]}").getBytes(UTF_8);
    }

    private static byte[] unhex(String hex) {
        return HexFormat.ofDelimiter(" ").parseHex(hex);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
