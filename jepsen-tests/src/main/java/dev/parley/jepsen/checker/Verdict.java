package dev.parley.jepsen.checker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What one checker says of a run.
///
/// @param found how many things are wrong; `findings` holds the first of them
/// @param figures what was counted or measured
public record Verdict(
        String checker, Kind kind, String summary, int found, List<Finding> findings, Map<String, Long> figures) {

    private static final int FINDINGS_MAX = 20;

    public Verdict {
        findings = List.copyOf(findings);
        figures = new TreeMap<>(figures);
    }

    public enum Kind {
        VALID,
        /// The checker did not see enough to say.
        UNKNOWN,
        INVALID;

        /// What holds of both together.
        public Kind and(Kind other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    /// One thing that is wrong.
    ///
    /// @param index the operation of the history that shows it
    /// @param conversation where it is; -1 if in none
    public record Finding(int index, long conversation, String what) {}

    /// Collects findings; the verdict is invalid if there is one.
    static final class Builder {

        private final String checker;
        private final List<Finding> findings = new ArrayList<>();
        private final Map<String, Long> figures = new TreeMap<>();
        private int found;

        Builder(String checker) {
            this.checker = checker;
        }

        void found(int index, long conversation, String what) {
            found++;
            if (findings.size() < FINDINGS_MAX) {
                findings.add(new Finding(index, conversation, what));
            }
        }

        Builder count(String figure, long value) {
            figures.put(figure, value);
            return this;
        }

        Verdict verdict(String whenValid) {
            String summary = found == 0
                    ? whenValid
                    : found + " found; first: " + findings.getFirst().what();
            return new Verdict(checker, found == 0 ? Kind.VALID : Kind.INVALID, summary, found, findings, figures);
        }

        /// Unless something wrong was found, more had to be seen.
        Verdict unknown(String why) {
            return found > 0 ? verdict("") : new Verdict(checker, Kind.UNKNOWN, why, 0, findings, figures);
        }
    }
}
