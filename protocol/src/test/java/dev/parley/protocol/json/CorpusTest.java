package dev.parley.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.JsonValue.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real text in many scripts, left to right and right to left, comes out of frames and bodies as it went in.
class CorpusTest {
    private static final Path SAMPLE = Path.of("src/test/resources/corpus/udhr-sample.jsonl");
    private static final Path WHOLE = Path.of(System.getProperty("parley.corpus", "../../shared/corpus/udhr.jsonl"));
    private static final int WHOLE_TEXTS = 7_082;

    @Test
    void the_sample_in_27_scripts_survives_byte_for_byte() throws IOException {
        List<String> texts = texts(SAMPLE);

        assertThat(texts).hasSize(37).allSatisfy(CorpusTest::survives);
    }

    @Test
    void the_whole_corpus_survives_byte_for_byte() throws IOException {
        assumeTrue(
                Files.exists(WHOLE),
                () -> "no corpus at " + WHOLE.toAbsolutePath().normalize());

        List<String> texts = texts(WHOLE);

        assertThat(texts).hasSize(WHOLE_TEXTS).allSatisfy(CorpusTest::survives);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0001\u001f\u007f",
                "\"\\/\b\f\n\r\t",
                "</script>\u2028\u2029",
                "👩🏽‍🚀🏳️‍🌈",
                "e\u0301\u0323",
                "\uFFFD\uFFFE\uFFFF",
                "\uD83D\uDE00\uDBFF\uDFFF",
                "\u202Ertl\u202C",
                " ",
            })
    void odd_characters_survive_byte_for_byte(String text) {
        survives(text);
    }

    @Test
    void the_character_zero_that_an_older_node_stored_is_still_read() {
        Message message = new Message("m_1", "c_1", 1, "u_1", Instant.EPOCH, new MessageBody.Text("a\0b"));

        assertThat(FrameJson.decodeServer(FrameJson.encode(new ServerFrame.MessageNew(message))))
                .isEqualTo(new ServerFrame.MessageNew(message));
    }

    private static void survives(String text) {
        MessageBody body = new MessageBody.Text(text);
        Message message = new Message("m_1", "c_1", 1, "u_1", Instant.EPOCH, body);

        assertThat(FrameJson.decodeClient(
                        FrameJson.encode(new ClientFrame.MessageSend("c_1", "k", body, Optional.empty()))))
                .isEqualTo(new ClientFrame.MessageSend("c_1", "k", body, Optional.empty()));
        assertThat(FrameJson.decodeServer(FrameJson.encode(new ServerFrame.MessageNew(message))))
                .isEqualTo(new ServerFrame.MessageNew(message));
        assertThat(RestJson.decodePostMessageRequest(RestJson.encode(new Rest.PostMessageRequest("k", "u_1", body))))
                .isEqualTo(new Rest.PostMessageRequest("k", "u_1", body));
        assertThat(new String(text.getBytes(UTF_8), UTF_8)).isEqualTo(text);
    }

    private static List<String> texts(Path jsonLines) throws IOException {
        return Files.readAllLines(jsonLines).stream()
                .map(line -> JsonParsing.object(line.getBytes(UTF_8)).fields().get("text"))
                .map(text -> ((JsonText) text).text())
                .toList();
    }
}
