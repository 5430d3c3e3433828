package dev.parley.jepsen.checker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.jepsen.checker.Verdict.Kind;
import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.History;
import dev.parley.jepsen.history.Op;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A green history, changed in one place, is convicted by the checker whose business that is.
class CheckersTest {

    @TempDir
    private Path folder = Path.of("");

    static List<Checker> checkers() {
        return List.of(
                new Lost(),
                new Duplicates(),
                new Gaps(),
                new Reorders(),
                new Phantoms(),
                new AbortedReads(),
                new NonMonotone(),
                new StaleReads(),
                new Divergence(),
                new ExactlyOnce(),
                new Liveness(),
                new Evidence(),
                new Stats());
    }

    @ParameterizedTest
    @MethodSource("checkers")
    void nothing_is_found_in_a_green_history(Checker checker) {
        Verdict verdict = checker.check(new Facts(Books.green().history()));

        assertThat(verdict.kind()).as("%s", verdict).isEqualTo(Kind.VALID);
    }

    @Test
    void an_acknowledged_message_that_is_in_no_log_is_lost() {
        Books books = Books.green();

        convicts(new Lost(), drained(books, 0, "1=nil 2=1 3=2 4=3 5=5"));
    }

    @Test
    void without_a_last_reading_nothing_is_known_of_losses() {
        History cut = new History(
                Books.green().history().ops().subList(0, Books.green().endOf("drain", 0) - 1));

        assertThat(new Lost().check(new Facts(cut)).kind()).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void a_message_at_two_places_is_a_duplicate() {
        History twice = drained(Books.green(), 1, "1=nil 2=1 3=2 4=3 5=5 6=6 7=2");

        convicts(new Duplicates(), twice);
        convicts(new ExactlyOnce(), twice);
    }

    @Test
    void a_repetition_that_is_answered_with_another_place_is_convicted() {
        History again = Books.green().send(0, 6, 7).history();

        convicts(new ExactlyOnce(), again);
        convicts(new Duplicates(), again);
    }

    @Test
    void a_place_that_is_left_out_is_a_gap() {
        convicts(new Gaps(), drained(Books.green(), 0, "1=nil 2=1 4=3 5=5 6=6"));
        convicts(new Gaps(), polled(Books.green(), 1, "6=6"));
    }

    @Test
    void two_messages_at_one_place_are_a_reorder() {
        convicts(new Reorders(), drained(Books.green(), 1, "1=nil 2=2 3=1 4=3 5=5 6=6"));
    }

    @Test
    void a_message_that_stands_before_one_that_was_acknowledged_earlier_is_a_reorder() {
        Books books = Books.green();

        convicts(new Reorders(), books.with(books.endOf("send", 0), op -> Books.valued(op, Books.sentAt(1, 9))));
    }

    @Test
    void a_message_that_nobody_sent_is_a_phantom() {
        convicts(new Phantoms(), drained(Books.green(), 0, "1=nil 2=1 3=2 4=3 5=5 6=6 7=77"));
    }

    @Test
    void a_message_that_is_read_before_it_is_sent_is_a_phantom() {
        convicts(new Phantoms(), polled(Books.green(), 0, "1=nil 2=1 3=2 4=3 5=6"));
    }

    @Test
    void a_refused_message_that_is_read_is_an_aborted_read() {
        convicts(new AbortedReads(), drained(Books.green(), 0, "1=nil 2=1 3=2 4=3 5=4 6=6"));
    }

    @Test
    void a_reader_that_goes_back_is_convicted() {
        convicts(new NonMonotone(), polled(Books.green(), 1, "4=3 5=5 6=6"));
    }

    @Test
    void a_reader_that_begins_anew_may_go_back() {
        Books books = Books.green().assign(2).poll(2, "n2", false, "2=1 3=2");

        assertThat(new NonMonotone().check(new Facts(books.history())).kind()).isEqualTo(Kind.VALID);
    }

    @Test
    void a_page_without_what_was_acknowledged_before_it_is_stale() {
        convicts(new StaleReads(), polled(Books.green(), 1, "5=5"));
    }

    @Test
    void nodes_that_show_different_logs_diverge() {
        convicts(new Divergence(), drained(Books.green(), 1, "1=nil 2=1 3=2 4=3 5=5"));
    }

    @Test
    void a_cluster_that_serves_nothing_for_long_is_not_live() {
        Books silent = Books.green().later(100).send(0, 7, 7);

        convicts(new Liveness(), silent.history());
    }

    @Test
    void silence_is_excused_while_no_majority_is_left() {
        Books silent = Books.green();
        silent.nemesis("start-kill-all", Datum.vec(Datum.word("no-majority"), Datum.text("n1 n2")), "gone")
                .later(100)
                .nemesis("stop-kill-all", Datum.vec(), "")
                .send(0, 7, 7);

        Verdict verdict = new Liveness().check(new Facts(silent.history()));

        assertThat(verdict.kind()).as("%s", verdict).isEqualTo(Kind.VALID);
        assertThat(verdict.figures()).containsEntry("recoveries", 2L);
    }

    @Test
    void a_nemesis_that_could_not_bring_a_node_back_is_convicted() {
        convicts(
                new Liveness(),
                Books.green()
                        .nemesis("nemesis-failed", Datum.vec(), "n1 was not ready")
                        .history());
    }

    @Test
    void a_fault_without_proof_leaves_the_run_unknown() {
        Books books = Books.green();

        Verdict verdict = new Evidence()
                .check(new Facts(books.with(books.endOf("start-kill-one", 0), op -> Books.noted(op, ""))));

        assertThat(verdict.kind()).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void an_operation_that_never_succeeded_leaves_the_run_unknown() {
        Books books = Books.green().call(0, "mark", Datum.vec(), Op.Type.FAIL, Datum.vec(), "n1");

        assertThat(new Stats().check(new Facts(books.history())).kind()).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void a_send_of_a_removed_member_that_is_acknowledged_breaks_the_fence() {
        Datum member = Datum.vec(Datum.num(0), Datum.num(7));
        Books books = Books.green().call(3, "remove", member, Op.Type.OK, member, "n1");
        assertThat(new Fences().check(new Facts(books.history())).kind()).isEqualTo(Kind.VALID);

        convicts(
                new Fences(),
                books.call(4, "member-send", member, Op.Type.OK, member, "n1").history());
    }

    @Test
    void a_message_that_reaches_a_removed_member_breaks_the_fence() {
        Datum member = Datum.vec(Datum.num(0), Datum.num(7));
        Books books = Books.green()
                .call(3, "remove", member, Op.Type.OK, member, "n1")
                .send(0, 7, 8);
        Datum heard = Datum.vec(Datum.num(0), Datum.num(7), Datum.vec(Datum.num(7)));

        convicts(
                new Fences(),
                books.call(5, "member-poll", member, Op.Type.OK, heard, "n1").history());
    }

    @Test
    void a_device_must_end_with_exactly_the_log() {
        Datum all = Datum.vec(Datum.text("d"), Datum.num(0), Books.pairs("1=nil 2=1 3=2 4=3 5=5 6=6"));
        Datum twice = Datum.vec(Datum.text("d"), Datum.num(0), Books.pairs("1=nil 2=1 3=2 4=3 4=3 5=5 6=6"));
        History good = Books.green()
                .call(6, "device", Datum.vec(), Op.Type.OK, all, "n1")
                .history();
        assertThat(new DeviceLogs().check(new Facts(good)).kind()).isEqualTo(Kind.VALID);

        convicts(
                new DeviceLogs(),
                Books.green()
                        .call(6, "device", Datum.vec(), Op.Type.OK, twice, "n1")
                        .history());
    }

    @Test
    void unread_counts_messages_behind_the_read_position_and_no_other_records() {
        Datum right = Datum.vec(Datum.num(0), Datum.num(7), Datum.num(3), Datum.num(3));
        Datum wrong = Datum.vec(Datum.num(0), Datum.num(7), Datum.num(0), Datum.num(6));
        History good = Books.green()
                .call(6, "unread", Datum.vec(), Op.Type.OK, right, "n1")
                .history();
        assertThat(new Unread().check(new Facts(good)).kind()).isEqualTo(Kind.VALID);

        convicts(
                new Unread(),
                Books.green()
                        .call(6, "unread", Datum.vec(), Op.Type.OK, wrong, "n1")
                        .history());
    }

    @Test
    void a_read_position_that_falls_is_not_linearizable() {
        assertThat(new Linearizable().check(new Facts(marks(5, 5).history())).kind())
                .isEqualTo(Kind.VALID);

        convicts(new Linearizable(), marks(5, 3).history());
    }

    @Test
    void a_log_that_tells_of_an_unhandled_exception_is_convicted() throws IOException {
        Facts facts = new Facts(Books.green().history());
        Files.writeString(folder.resolve("n1.log"), "12:00:00 INFO all is well\n");
        assertThat(new ServerLogs(folder).check(facts).kind()).isEqualTo(Kind.VALID);

        Files.writeString(folder.resolve("n2.log"), "Exception in thread \"main\" java.lang.IllegalStateException\n");

        assertThat(new ServerLogs(folder).check(facts).kind()).isEqualTo(Kind.INVALID);
    }

    /// Somebody marks 5, then 2, and is told where the position stands.
    private static Books marks(long afterFirst, long afterSecond) {
        return Books.green()
                .call(0, "mark", register(5), Op.Type.OK, register(afterFirst), "n1")
                .call(0, "mark", register(2), Op.Type.OK, register(afterSecond), "n2");
    }

    private static Datum register(long position) {
        return Datum.vec(Datum.num(1), Datum.num(position));
    }

    private static History drained(Books books, int number, String records) {
        return books.with(books.endOf("drain", number), op -> Books.valued(op, Books.polled(true, records)));
    }

    private static History polled(Books books, int number, String records) {
        return books.with(books.endOf("poll", number), op -> Books.valued(op, Books.polled(true, records)));
    }

    private static void convicts(Checker checker, History history) {
        Verdict verdict = checker.check(new Facts(history));

        assertThat(verdict.kind()).as("%s", verdict).isEqualTo(Kind.INVALID);
        assertThat(verdict.findings()).isNotEmpty();
    }
}
