package dev.parley.jepsen.checker;

import java.util.List;

/// Every fault left proof that it was there; a run whose faults did not bite says nothing.
public final class Evidence implements Checker {

    @Override
    public String name() {
        return "evidence";
    }

    @Override
    public Verdict check(Facts facts) {
        Verdict.Builder verdict = new Verdict.Builder(name());
        List<FaultWindow> windows = FaultWindow.of(facts.history());
        boolean wanted = facts.history().nemesis().anyMatch(op -> op.f().equals("nemesis"));
        List<String> unproved = windows.stream()
                .filter(window -> window.proof().isBlank())
                .map(window -> window.fault() + " at " + window.fromNanos() / 1_000_000_000 + " s")
                .toList();
        verdict.count("faults", windows.size());
        if (wanted && windows.isEmpty()) {
            return verdict.unknown("there was no fault");
        }
        return unproved.isEmpty()
                ? verdict.verdict(windows.size() + " faults, each proved")
                : verdict.unknown("no proof of " + String.join(", ", unproved));
    }
}
