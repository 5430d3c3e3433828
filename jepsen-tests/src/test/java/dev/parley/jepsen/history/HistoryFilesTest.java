package dev.parley.jepsen.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFilesTest {

    @TempDir
    private Path folder = Path.of("");

    private static History history() {
        Recorder recorder = new Recorder();
        int process = recorder.newProcess();
        Datum value = Datum.vec(Datum.vec(Datum.word("send"), Datum.num(7), Datum.num(41)));
        recorder.invoke(process, "send", value, Optional.of("n1"));
        recorder.end(process, Op.Type.INFO, "send", value, Optional.of("n1"), Optional.of("time\"out\\\n"));
        recorder.nemesis("start-kill-one", Datum.texts(java.util.List.of("n2")), "gone");
        int reader = recorder.newProcess();
        recorder.invoke(reader, "poll", Datum.vec(), Optional.empty());
        Datum page = Datum.vec(Datum.vec(
                Datum.word("poll"),
                new Datum.Table(Map.of(Datum.num(7), Datum.vec(Datum.vec(Datum.num(1), Datum.nil()))))));
        recorder.end(reader, Op.Type.OK, "poll", page, Optional.empty(), Optional.empty());
        return recorder.history();
    }

    @Test
    void a_history_is_the_same_after_it_was_written_and_read_as_edn() throws IOException {
        HistoryFiles.writeEdn(history(), folder.resolve("h.edn"));
        History once = HistoryFiles.readEdn(folder.resolve("h.edn"));
        HistoryFiles.writeEdn(once, folder.resolve("again.edn"));

        assertThat(once.ops()).hasSize(5);
        assertThat(once.ops().get(1).note()).hasValue("time\"out\\\n");
        assertThat(Files.readString(folder.resolve("again.edn"))).isEqualTo(Files.readString(folder.resolve("h.edn")));
    }

    @Test
    void json_lines_and_edn_hold_the_same_history() throws IOException {
        History history = history();
        HistoryFiles.writeEdn(history, folder.resolve("h.edn"));
        HistoryFiles.writeJsonLines(history, folder.resolve("h.jsonl"));

        assertThat(HistoryFiles.readJsonLines(folder.resolve("h.jsonl"))).isEqualTo(history);
        assertThat(HistoryFiles.readEdn(folder.resolve("h.edn"))).isEqualTo(history);
    }

    @Test
    void a_line_is_what_jepsen_reads() throws IOException {
        HistoryFiles.writeEdn(history(), folder.resolve("h.edn"));

        assertThat(Files.readAllLines(folder.resolve("h.edn")))
                .first()
                .asString()
                .matches("\\{:index 0, :time \\d+, :process 0, :type :invoke, :f :send, "
                        + ":value \\[\\[:send 7 41]], :node \"n1\"}");
    }

    @Test
    void what_is_no_edn_is_refused_with_its_place() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Edn.read("[1 two]"))
                .withMessageContaining("two");
        assertThatIllegalArgumentException().isThrownBy(() -> Edn.read("[1 2")).withMessageContaining("character 4");
    }
}
