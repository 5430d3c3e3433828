package dev.parley.jepsen.checker;

import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.History;
import dev.parley.jepsen.history.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Writes histories for tests: a small one in which nothing is wrong, and changed copies of it.
final class Books {

    private final List<Op> ops = new ArrayList<>();

    /// Two clients, two nodes, one conversation: a membership record, messages 1 to 6 of which 4 was refused
    /// and 5 has no
    /// answer, reads that go on, a fault with its proof, and the log at both nodes.
    static Books green() {
        Books books = new Books();
        books.send(0, 1, 2).send(0, 2, 3).send(1, 3, 4);
        books.assign(2).poll(2, "n1", true, "1=nil 2=1 3=2 4=3");
        books.nemesis("nemesis", Datum.vec(), "begins");
        books.nemesis("start-kill-one", Datum.vec(Datum.word("majority"), Datum.text("n2")), "gone");
        books.call(0, "send", sent(4), Op.Type.FAIL, sent(4), "n1");
        books.call(1, "send", sent(5), Op.Type.INFO, sent(5), "n1");
        books.nemesis("stop-kill-one", Datum.vec(Datum.text("n2")), "");
        books.send(0, 6, 6).poll(2, "n2", true, "5=5 6=6");
        books.drain("n1", "1=nil 2=1 3=2 4=3 5=5 6=6").drain("n2", "1=nil 2=1 3=2 4=3 5=5 6=6");
        return books;
    }

    History history() {
        return new History(ops);
    }

    /// The history with some lines changed. Lines are counted from 0; a line that becomes null is left out.
    History with(int line, UnaryOperator<Op> change) {
        List<Op> changed = new ArrayList<>(ops);
        changed.set(line, change.apply(changed.get(line)));
        return new History(changed);
    }

    /// The line of the end of the n-th operation of a kind.
    int endOf(String f, int number) {
        int seen = 0;
        for (int line = 0; line < ops.size(); line++) {
            Op op = ops.get(line);
            if (op.f().equals(f) && op.type() != Op.Type.INVOKE && seen++ == number) {
                return line;
            }
        }
        throw new IllegalArgumentException("there is no end of " + f + " " + number);
    }

    static Op valued(Op op, Datum value) {
        return new Op(op.index(), op.timeNanos(), op.process(), op.type(), op.f(), value, op.node(), op.note());
    }

    static Op noted(Op op, String note) {
        return new Op(
                op.index(), op.timeNanos(), op.process(), op.type(), op.f(), op.value(), op.node(), Optional.of(note));
    }

    Books send(int process, long message, long seq) {
        return call(process, "send", sent(message), Op.Type.OK, sentAt(message, seq), "n1");
    }

    Books assign(int process) {
        return call(process, "assign", Datum.vec(Datum.num(0)), Op.Type.OK, Datum.vec(Datum.num(0)), "n1");
    }

    Books poll(int process, String node, boolean toEnd, String records) {
        return call(process, "poll", Datum.vec(), Op.Type.OK, polled(toEnd, records), node);
    }

    Books drain(String node, String records) {
        return call(9, "drain", Datum.vec(), Op.Type.OK, polled(true, records), node);
    }

    Books call(int process, String f, Datum asked, Op.Type type, Datum answered, String node) {
        add(process, Op.Type.INVOKE, f, asked, Optional.of(node), Optional.empty());
        add(process, type, f, answered, Optional.of(node), Optional.empty());
        return this;
    }

    Books nemesis(String f, Datum value, String note) {
        add(Op.NEMESIS, Op.Type.INFO, f, value, Optional.empty(), Optional.of(note));
        return this;
    }

    /// Lets time pass.
    Books later(long seconds) {
        pastNanos += seconds * 1_000_000_000;
        return this;
    }

    private long pastNanos;

    private void add(int process, Op.Type type, String f, Datum value, Optional<String> node, Optional<String> note) {
        ops.add(new Op(ops.size(), pastNanos + ops.size() * 1_000_000L, process, type, f, value, node, note));
    }

    static Datum sent(long message) {
        return Datum.vec(Datum.vec(Datum.word("send"), Datum.num(0), Datum.num(message)));
    }

    static Datum sentAt(long message, long seq) {
        return Datum.vec(Datum.vec(Datum.word("send"), Datum.num(0), Datum.vec(Datum.num(seq), Datum.num(message))));
    }

    /// @param records as `seq=message …`
    static Datum polled(boolean toEnd, String records) {
        List<Datum> poll =
                new ArrayList<>(List.of(Datum.word("poll"), new Datum.Table(Map.of(Datum.num(0), pairs(records)))));
        if (toEnd) {
            poll.add(Datum.word("end"));
        }
        return Datum.vec(Datum.vec(poll));
    }

    static Datum pairs(String records) {
        List<Datum> pairs = new ArrayList<>();
        for (String record : records.split(" ", -1)) {
            String[] parts = record.split("=", -1);
            pairs.add(Datum.vec(
                    Datum.num(Long.parseLong(parts[0])),
                    parts[1].equals("nil") ? Datum.nil() : Datum.num(Long.parseLong(parts[1]))));
        }
        return Datum.vec(pairs);
    }
}
