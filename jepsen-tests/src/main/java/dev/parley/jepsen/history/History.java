package dev.parley.jepsen.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// All operations of a run, in the order in which they were begun and ended.
public record History(List<Op> ops) {

    public History {
        ops = List.copyOf(ops);
    }

    /// An operation of a client with its end; one that never ended counts as info.
    public record Call(Op invoke, Optional<Op> end) {

        public Op.Type outcome() {
            return end.map(Op::type).orElse(Op.Type.INFO);
        }

        public boolean isOk() {
            return outcome() == Op.Type.OK;
        }

        /// When it had ended; never, if it may still take effect.
        public long endNanos() {
            return outcome() == Op.Type.INFO
                    ? Long.MAX_VALUE
                    : end.orElseThrow().timeNanos();
        }

        /// What it answered, or else what was asked.
        public Datum value() {
            return end.map(Op::value).orElse(invoke.value());
        }

        public int index() {
            return end.map(Op::index).orElse(invoke.index());
        }
    }

    /// Operations of clients in the order of their beginnings.
    public List<Call> calls() {
        List<Op> invokes = new ArrayList<>();
        Map<Integer, Op> ends = new HashMap<>();
        Map<Integer, Op> open = new HashMap<>();
        for (Op op : ops) {
            if (op.process() == Op.NEMESIS) {
                continue;
            }
            if (op.type() == Op.Type.INVOKE) {
                invokes.add(op);
                open.put(op.process(), op);
            } else {
                Op invoke = open.remove(op.process());
                if (invoke == null) {
                    throw new IllegalStateException("operation " + op.index() + " ends what was not begun");
                }
                ends.put(invoke.index(), op);
            }
        }
        return invokes.stream()
                .map(invoke -> new Call(invoke, Optional.ofNullable(ends.get(invoke.index()))))
                .toList();
    }

    public Stream<Call> calls(String f) {
        return calls().stream().filter(call -> call.invoke().f().equals(f));
    }

    public Stream<Op> nemesis() {
        return ops.stream().filter(op -> op.process() == Op.NEMESIS);
    }

    public long endNanos() {
        return ops.isEmpty() ? 0 : ops.getLast().timeNanos();
    }
}
