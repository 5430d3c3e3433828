package dev.parley.jepsen.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes down what happens, for many threads: one order, one clock, one number for each process.
public final class Recorder {

    private final long beginNanos = System.nanoTime();
    private final List<Op> ops = new ArrayList<>();
    private int processes;

    /// A number that no process had before.
    public synchronized int newProcess() {
        return processes++;
    }

    public synchronized void invoke(int process, String f, Datum value, Optional<String> node) {
        add(process, Op.Type.INVOKE, f, value, node, Optional.empty());
    }

    public synchronized void end(
            int process, Op.Type type, String f, Datum value, Optional<String> node, Optional<String> note) {
        add(process, type, f, value, node, note);
    }

    /// Ends an operation that has no end yet; does nothing if the process has none open.
    public synchronized void endIfOpen(
            int process, Op.Type type, String f, Datum value, Optional<String> node, String note) {
        for (int i = ops.size() - 1; i >= 0; i--) {
            if (ops.get(i).process() == process) {
                if (ops.get(i).type() == Op.Type.INVOKE) {
                    add(process, type, f, value, node, Optional.of(note));
                }
                return;
            }
        }
    }

    /// What the nemesis did.
    public synchronized void nemesis(String f, Datum value, String note) {
        add(Op.NEMESIS, Op.Type.INFO, f, value, Optional.empty(), Optional.of(note));
    }

    public synchronized History history() {
        return new History(ops);
    }

    private void add(int process, Op.Type type, String f, Datum value, Optional<String> node, Optional<String> note) {
        ops.add(new Op(ops.size(), System.nanoTime() - beginNanos, process, type, f, value, node, note));
    }
}
