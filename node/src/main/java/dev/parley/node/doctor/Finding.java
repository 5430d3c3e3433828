package dev.parley.node.doctor;

import java.util.Locale;

/// What one check found.
///
/// @param advice one line that says what to do; empty if all is well
public record Finding(String check, String found, Verdict verdict, String advice) {

    /// How much it matters.
    public enum Verdict {
        OK,
        /// A node runs, but not well, or nobody knows.
        WARN,
        /// A node does not start here, or will fail.
        BAD;

        /// As it is printed.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// All is well.
    public static Finding ok(String check, String found) {
        return new Finding(check, found, Verdict.OK, "");
    }

    static Finding warn(String check, String found, String advice) {
        return new Finding(check, found, Verdict.WARN, advice);
    }

    /// A node does not start here, or will fail.
    public static Finding bad(String check, String found, String advice) {
        return new Finding(check, found, Verdict.BAD, advice);
    }

    /// Of a check that has two bounds.
    static Finding of(String check, String found, boolean bad, boolean warn, String advice) {
        if (bad) {
            return bad(check, found, advice);
        }
        return warn ? warn(check, found, advice) : ok(check, found);
    }
}
