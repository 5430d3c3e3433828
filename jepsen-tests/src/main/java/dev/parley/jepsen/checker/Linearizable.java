package dev.parley.jepsen.checker;

import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.History.Call;
import dev.parley.jepsen.history.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.opensearch.cluster.coordination.LinearizabilityChecker;
import org.opensearch.cluster.coordination.LinearizabilityChecker.SequentialSpec;

/// Registers are linearizable, each on its own: looked for by the algorithm of Wing and Gong, as Lowe improved
/// it. The
/// only class that knows the library that holds the search (decision 14).
///
/// A register is a read position, which only rises: `mark` asks `[key position]` and is answered `[key
/// position]` with
/// where it stands then; `read` is answered alike.
public final class Linearizable implements Checker {

    private static final long SEARCH_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    @Override
    public String name() {
        return "linearizable";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        Map<Long, List<Call>> byKey = new HashMap<>();
        for (String f : List.of("mark", "read")) {
            facts.calls(f)
                    .filter(call -> call.isOk() || (call.outcome() == Op.Type.INFO && f.equals("mark")))
                    .forEach(call -> byKey.computeIfAbsent(key(call), _ -> new ArrayList<>())
                            .add(call));
        }
        long deadline = System.nanoTime() + SEARCH_NANOS_MAX;
        for (Map.Entry<Long, List<Call>> register : byKey.entrySet()) {
            boolean holds = new LinearizabilityChecker()
                    .isLinearizable(
                            new RisingRegister(),
                            events(register.getValue()),
                            _ -> Datum.nil(),
                            () -> System.nanoTime() - deadline > 0);
            if (System.nanoTime() - deadline > 0) {
                return verdict.unknown("the search took too long");
            }
            if (!holds) {
                verdict.found(
                        register.getValue().getLast().index(),
                        register.getKey(),
                        "no order explains the %d operations on register %d"
                                .formatted(register.getValue().size(), register.getKey()));
            }
        }
        verdict.count("registers", byKey.size());
        return byKey.isEmpty() ? verdict.unknown("no register was used") : verdict.verdict(byKey.size() + " registers");
    }

    private static long key(Call call) {
        return call.invoke().value().asList().getFirst().asLong();
    }

    private static LinearizabilityChecker.History events(List<Call> calls) {
        record Moment(long nanos, boolean end, Call call) {}
        List<Moment> moments = new ArrayList<>();
        for (Call call : calls) {
            moments.add(new Moment(call.invoke().timeNanos(), false, call));
            if (call.isOk()) {
                moments.add(new Moment(call.endNanos(), true, call));
            }
        }
        moments.sort(Comparator.comparingLong(Moment::nanos));
        LinearizabilityChecker.History history = new LinearizabilityChecker.History();
        Map<Call, Integer> ids = new HashMap<>();
        for (Moment moment : moments) {
            if (moment.end()) {
                Integer id = ids.get(moment.call());
                if (id != null) {
                    history.respond(id, moment.call().value().asList().get(1));
                }
            } else {
                ids.put(moment.call(), history.invoke(moment.call()));
            }
        }
        return history;
    }

    /// A position that a mark raises and nothing lowers.
    private static final class RisingRegister implements SequentialSpec {

        @Override
        public Object initialState() {
            return 0L;
        }

        @Override
        public Optional<Object> nextState(Object currentState, Object input, Object output) {
            long position = (Long) currentState;
            Call call = (Call) input;
            if (call.invoke().f().equals("mark")) {
                long asked = call.invoke().value().asList().get(1).asLong();
                position = Math.max(position, asked);
            }
            boolean unanswered = !(output instanceof Datum.Num);
            return unanswered || ((Datum.Num) output).value() == position ? Optional.of(position) : Optional.empty();
        }
    }
}
