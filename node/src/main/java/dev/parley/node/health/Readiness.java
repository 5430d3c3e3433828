package dev.parley.node.health;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether clients should be sent to this node, and why not: a set of named conditions that must all hold.
///
/// Conditions are judged when somebody asks, on the asking thread, so they must answer from memory. Thread-safe.
public final class Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

    private final List<Condition> conditions = new CopyOnWriteArrayList<>();

    /// Adds a condition.
    ///
    /// @param name begins each of its reasons, such as `partitions`
    /// @param reasons one sentence for each thing that is wrong; none when the condition holds
    public void require(String name, Supplier<List<String>> reasons) {
        conditions.add(new Condition(name, reasons));
    }

    /// Adds a condition that its owner opens and closes, such as "the client listener is up".
    ///
    /// @param reason why it does not hold yet
    public Gate gate(String name, String reason) {
        Gate gate = new Gate(reason);
        require(name, gate::reasons);
        return gate;
    }

    /// Judges all conditions now. A condition that throws does not hold.
    public Verdict verdict() {
        List<String> reasons = conditions.stream()
                .flatMap(condition -> judge(condition).stream())
                .toList();
        return new Verdict(reasons.isEmpty(), reasons);
    }

    private static List<String> judge(Condition condition) {
        try {
            return condition.reasons().get().stream()
                    .map(reason -> condition.name() + ": " + reason)
                    .toList();
        } catch (RuntimeException e) {
            LOG.warn("readiness condition failed: condition={}", condition.name(), e);
            return List.of(condition.name() + ": could not be judged, see the log");
        }
    }

    /// What all conditions say together.
    ///
    /// @param reasons `name: sentence`, in the order in which the conditions were added; empty if ready
    public record Verdict(boolean ready, List<String> reasons) {
        public Verdict {
            reasons = List.copyOf(reasons);
        }
    }

    /// A condition with a memory. Thread-safe; begins closed.
    public static final class Gate {
        private volatile Optional<String> reason;

        private Gate(String reason) {
            this.reason = Optional.of(reason);
        }

        /// The condition holds from now on.
        public void open() {
            reason = Optional.empty();
        }

        /// The condition does not hold from now on.
        public void close(String why) {
            reason = Optional.of(why);
        }

        private List<String> reasons() {
            return reason.stream().toList();
        }
    }

    private record Condition(String name, Supplier<List<String>> reasons) {}
}
