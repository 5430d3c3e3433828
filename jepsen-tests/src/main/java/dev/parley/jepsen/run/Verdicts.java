package dev.parley.jepsen.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.jepsen.checker.AbortedReads;
import dev.parley.jepsen.checker.Checker;
import dev.parley.jepsen.checker.Divergence;
import dev.parley.jepsen.checker.Duplicates;
import dev.parley.jepsen.checker.Evidence;
import dev.parley.jepsen.checker.Facts;
import dev.parley.jepsen.checker.Gaps;
import dev.parley.jepsen.checker.Liveness;
import dev.parley.jepsen.checker.Lost;
import dev.parley.jepsen.checker.NonMonotone;
import dev.parley.jepsen.checker.Phantoms;
import dev.parley.jepsen.checker.Reorders;
import dev.parley.jepsen.checker.ServerLogs;
import dev.parley.jepsen.checker.StaleReads;
import dev.parley.jepsen.checker.Stats;
import dev.parley.jepsen.checker.Verdict;
import dev.parley.jepsen.history.History;
import dev.parley.jepsen.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What all checkers say of a run, and what follows for the whole.
public record Verdicts(List<Verdict> verdicts) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public Verdicts {
        verdicts = List.copyOf(verdicts);
    }

    static Verdicts of(History history, Workload workload, Path folder) {
        List<Checker> checkers = new ArrayList<>(List.of(
                new Stats(),
                new Lost(),
                new Duplicates(),
                new Gaps(),
                new Reorders(),
                new Phantoms(),
                new AbortedReads(),
                new NonMonotone(),
                new StaleReads(),
                new Divergence()));
        checkers.addAll(workload.checkers());
        checkers.addAll(List.of(new Liveness(), new Evidence(), new ServerLogs(folder)));
        Facts facts = new Facts(history);
        return new Verdicts(
                checkers.stream().map(checker -> checker.check(facts)).toList());
    }

    /// Invalid if one is, else unknown if one is.
    public Verdict.Kind whole() {
        return verdicts.stream().map(Verdict::kind).reduce(Verdict.Kind.VALID, Verdict.Kind::and);
    }

    /// A figure of a checker; 0 if there is none.
    public long figure(String checker, String figure) {
        return verdicts.stream()
                .filter(verdict -> verdict.checker().equals(checker))
                .map(verdict -> verdict.figures().getOrDefault(figure, 0L))
                .findFirst()
                .orElse(0L);
    }

    /// The exit code of a run: 0 valid, 1 invalid, 2 unknown.
    public int exitCode() {
        return switch (whole()) {
            case VALID -> 0;
            case INVALID -> 1;
            case UNKNOWN -> 2;
        };
    }

    ObjectNode json() {
        ObjectNode results = JSON.createObjectNode();
        results.put("valid", whole().name().toLowerCase(Locale.ROOT));
        ObjectNode checkers = results.putObject("checkers");
        for (Verdict verdict : verdicts) {
            ObjectNode one = checkers.putObject(verdict.checker());
            one.put("valid", verdict.kind().name().toLowerCase(Locale.ROOT));
            one.put("summary", verdict.summary());
            one.put("found", verdict.found());
            ObjectNode figures = one.putObject("figures");
            verdict.figures().forEach(figures::put);
            verdict.findings()
                    .forEach(finding -> one.withArray("findings")
                            .addObject()
                            .put("index", finding.index())
                            .put("conversation", finding.conversation())
                            .put("what", finding.what()));
        }
        return results;
    }
}
