package dev.parley.jepsen.report;

import dev.parley.jepsen.checker.FaultWindow;
import dev.parley.jepsen.checker.Verdict;
import dev.parley.jepsen.history.Edn;
import dev.parley.jepsen.history.History;
import dev.parley.jepsen.history.History.Call;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who did what in the seconds around one moment: a bar from the beginning to the end of each operation, a row
/// for each
/// process.
final class Timeline {

    private static final int WIDTH = 1100;
    private static final int LEFT = 64;
    private static final int ROW = 24;
    private static final int ROWS_MAX = 18;
    private static final double BEFORE_SECONDS = 1.2;
    private static final double AFTER_SECONDS = 1.8;

    private final History history;

    Timeline(History history) {
        this.history = history;
    }

    /// Around the first thing that is wrong; if nothing is, around the first fault.
    ///
    /// @return empty if there is neither
    Optional<String> draw(List<Verdict> verdicts) {
        Optional<Verdict.Finding> first = verdicts.stream()
                .flatMap(verdict -> verdict.findings().stream())
                .filter(finding -> finding.index() >= 0)
                .findFirst();
        if (first.isPresent()) {
            double at = history.ops().get(first.get().index()).seconds();
            return Optional.of("<p>Around the first anomaly: <b>"
                    + Html.escaped(first.get().what()) + "</b></p>"
                    + draw(at, first.get().index()));
        }
        return FaultWindow.of(history).stream()
                .findFirst()
                .map(window -> "<p>Around the first fault, <b>" + Html.escaped(window.fault()) + "</b></p>"
                        + draw(window.fromNanos() / 1e9, -1));
    }

    private String draw(double centre, int marked) {
        double from = centre - BEFORE_SECONDS;
        double to = centre + AFTER_SECONDS;
        Map<Integer, List<Call>> rows = new LinkedHashMap<>();
        for (Call call : history.calls()) {
            boolean seen = call.invoke().seconds() < to && endSeconds(call) > from;
            if (seen
                    && (rows.size() < ROWS_MAX || rows.containsKey(call.invoke().process()))) {
                rows.computeIfAbsent(call.invoke().process(), _ -> new ArrayList<>())
                        .add(call);
            }
        }
        Svg svg = new Svg(WIDTH, 36 + ROW * rows.size());
        double scale = (WIDTH - LEFT - 8) / (to - from);
        svg.line(LEFT + (centre - from) * scale, 14, LEFT + (centre - from) * scale, 20 + ROW * rows.size(), "now");
        svg.text(LEFT + (centre - from) * scale, 11, "middle", "axis", "%.1f s".formatted(centre));
        int row = 0;
        for (Map.Entry<Integer, List<Call>> process : rows.entrySet()) {
            double y = 20 + ROW * row++;
            svg.text(LEFT - 8, y + 13, "end", "axis", "p" + process.getKey());
            double free = LEFT;
            for (Call call : process.getValue()) {
                double x = LEFT + Math.max(0, call.invoke().seconds() - from) * scale;
                double end = LEFT + Math.min(to - from, endSeconds(call) - from) * scale;
                boolean isMarked = call.index() == marked || call.invoke().index() == marked;
                String style = "bar " + Plots.style(call) + (isMarked ? " marked" : "");
                svg.rect(x, y, Math.max(2, end - x), ROW - 7, style, words(call));
                if (x >= free) {
                    String label = label(call);
                    svg.text(x + 3, y + 12, "start", "what", label);
                    free = x + 8 + 6.2 * label.length();
                }
            }
        }
        return svg.end();
    }

    private double endSeconds(Call call) {
        return call.end().map(op -> op.seconds()).orElse(history.endNanos() / 1e9);
    }

    private static String label(Call call) {
        String value = Edn.write(call.value());
        return call.invoke().f() + " "
                + (value.length() > 26 ? value.substring(0, 24) + "…" : value)
                        .replace("[[:send ", "")
                        .replace("]]", "");
    }

    private static String words(Call call) {
        String value = Edn.write(call.value());
        return "%s %s %s at %s, %.3f s"
                .formatted(
                        call.invoke().f(),
                        Plots.style(call),
                        value.length() > 300 ? value.substring(0, 300) + "…" : value,
                        call.invoke().node().orElse("-"),
                        call.invoke().seconds());
    }
}
