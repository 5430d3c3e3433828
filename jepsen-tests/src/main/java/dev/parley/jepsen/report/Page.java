package dev.parley.jepsen.report;

import dev.parley.jepsen.checker.FaultWindow;
import dev.parley.jepsen.checker.Verdict;
import dev.parley.jepsen.history.History;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The page of a run: one file that needs nothing else.
public final class Page {

    private static final Map<Verdict.Kind, String> MARKS =
            Map.of(Verdict.Kind.VALID, "✓", Verdict.Kind.UNKNOWN, "?", Verdict.Kind.INVALID, "✗");

    /// What stands above the plots.
    ///
    /// @param versions of what ran where, each as name and value
    public record Head(String title, String command, Verdict.Kind verdict, Map<String, String> versions) {}

    public static String of(Head head, History history, List<Verdict> verdicts) throws IOException {
        Plots plots = new Plots(history);
        String timeline = new Timeline(history).draw(verdicts).orElse("<p>Nothing to look at.</p>");
        return template()
                .replace("{{title}}", Html.escaped(head.title()))
                .replace("{{command}}", Html.escaped(head.command()))
                .replace("{{kind}}", head.verdict().name().toLowerCase(Locale.ROOT))
                .replace("{{mark}}", MARKS.getOrDefault(head.verdict(), "?"))
                .replace("{{cards}}", cards(verdicts))
                .replace("{{latency}}", plots.latency())
                .replace("{{rate}}", plots.rate())
                .replace("{{checkers}}", checkers(verdicts))
                .replace("{{faults}}", faults(history))
                .replace("{{timeline}}", timeline)
                .replace("{{versions}}", versions(head.versions()));
    }

    private static String cards(List<Verdict> verdicts) {
        return card(figure(verdicts, "stats", "invoke"), "operations", "")
                + card(figure(verdicts, "lost", "acknowledged"), "messages acknowledged", "")
                + card(figure(verdicts, "lost", "lost"), "lost", figure(verdicts, "lost", "lost") == 0 ? "good" : "bad")
                + card(figure(verdicts, "stats", "info"), "outcomes unknown", "")
                + card(figure(verdicts, "evidence", "faults"), "faults", "")
                + card(figure(verdicts, "liveness", "recovery-p50-ms"), "ms to recover, median", "")
                + card(figure(verdicts, "liveness", "recovery-max-ms"), "ms to recover, longest", "");
    }

    private static String card(long number, String what, String style) {
        return "<div class=\"card %s\"><b>%s</b><span>%s</span></div>\n"
                .formatted(style, String.format(Locale.ROOT, "%,d", number).replace(',', ' '), what);
    }

    private static long figure(List<Verdict> verdicts, String checker, String figure) {
        return verdicts.stream()
                .filter(verdict -> verdict.checker().equals(checker))
                .mapToLong(verdict -> verdict.figures().getOrDefault(figure, 0L))
                .sum();
    }

    private static String checkers(List<Verdict> verdicts) {
        StringBuilder rows = new StringBuilder();
        for (Verdict verdict : verdicts) {
            rows.append("<tr class=\"%s\"><td class=\"mark\">%s</td><td>%s</td><td>%s%s</td></tr>\n"
                    .formatted(
                            verdict.kind().name().toLowerCase(Locale.ROOT),
                            MARKS.getOrDefault(verdict.kind(), "?"),
                            Html.escaped(verdict.checker()),
                            Html.escaped(verdict.summary()),
                            findings(verdict)));
        }
        return rows.toString();
    }

    private static String findings(Verdict verdict) {
        if (verdict.findings().isEmpty()) {
            return "";
        }
        StringBuilder items = new StringBuilder("<details><summary>the first findings</summary><ol>");
        verdict.findings()
                .forEach(finding -> items.append("<li>")
                        .append(Html.escaped(finding.what()))
                        .append(" <code>#")
                        .append(finding.index())
                        .append("</code></li>"));
        return items.append("</ol></details>").toString();
    }

    private static String faults(History history) {
        StringBuilder rows = new StringBuilder();
        for (FaultWindow window : FaultWindow.of(history)) {
            rows.append("<tr><td>%.1f s</td><td>%.1f s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                    .formatted(
                            window.fromNanos() / 1e9,
                            (window.toNanos() - window.fromNanos()) / 1e9,
                            Html.escaped(window.fault()),
                            window.majorityLeft() ? "a majority goes on" : "no majority",
                            Html.escaped(window.proof())));
        }
        return rows.isEmpty() ? "<tr><td colspan=\"5\">none</td></tr>" : rows.toString();
    }

    private static String versions(Map<String, String> versions) {
        StringBuilder items = new StringBuilder();
        versions.forEach((name, value) ->
                items.append("<dt>%s</dt><dd>%s</dd>\n".formatted(Html.escaped(name), Html.escaped(value))));
        return items.toString();
    }

    private static String template() throws IOException {
        try (InputStream in = Page.class.getResourceAsStream("page.html")) {
            if (in == null) {
                throw new IOException("page.html is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Page() {}
}
