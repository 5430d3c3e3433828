package dev.parley.jepsen.checker;

import dev.parley.jepsen.checker.Facts.Placed;
import dev.parley.jepsen.checker.Facts.Read;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A log has no hole: from 1 at the end of the run, and from where a reader began while it reads on.
public final class Gaps implements Checker {

    @Override
    public String name() {
        return "gap";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        facts.drains().forEach(log -> consecutive(log, 1, verdict));
        Walk.each(
                facts,
                (read, before) ->
                        consecutive(read, before.isPresent() ? before.getAsLong() + 1 : first(read), verdict));
        return verdict.verdict("no hole");
    }

    private static long first(Read read) {
        return read.records().isEmpty() ? 1 : read.records().getFirst().seq();
    }

    private static void consecutive(Read read, long from, Verdict.Builder verdict) {
        long expected = from;
        for (Placed record : read.records()) {
            if (record.seq() > expected) {
                verdict.found(
                        read.call().index(),
                        read.conversation(),
                        "%d comes where %d was due, at %s".formatted(record.seq(), expected, read.node()));
            }
            expected = record.seq() + 1;
        }
    }

    /// Walks the reads of each process from one `assign` to the next.
    static final class Walk {

        /// Sees a read, and the place that the process had read before in that conversation.
        interface Step {
            void see(Read read, java.util.OptionalLong before);
        }

        static void each(Facts facts, Step step) {
            record Reader(int process, long conversation) {}
            Map<Reader, Long> positions = new HashMap<>();
            Map<Integer, List<Read>> readsAt = new HashMap<>();
            facts.reads().stream()
                    .filter(read -> !read.whole())
                    .forEach(read -> readsAt.computeIfAbsent(read.call().index(), _ -> new java.util.ArrayList<>())
                            .add(read));
            facts.history().ops().forEach(op -> {
                if (op.f().equals("assign")) {
                    positions.keySet().removeIf(reader -> reader.process() == op.process());
                }
                for (Read read : readsAt.getOrDefault(op.index(), List.of())) {
                    Reader reader = new Reader(op.process(), read.conversation());
                    Long before = positions.get(reader);
                    step.see(read, before == null ? java.util.OptionalLong.empty() : java.util.OptionalLong.of(before));
                    if (!read.records().isEmpty()) {
                        positions.put(reader, read.records().getLast().seq());
                    }
                }
            });
        }

        private Walk() {}
    }
}
