package dev.parley.jepsen.report;

import dev.parley.jepsen.checker.FaultWindow;
import dev.parley.jepsen.history.History;
import dev.parley.jepsen.history.History.Call;
import dev.parley.jepsen.history.Op;
import java.util.List;
import java.util.Locale;

/// How a run went over time, drawn: latency and outcome of each operation, how many there were each second, and
/// the
/// faults as bands behind both.
final class Plots {

    private static final int WIDTH = 1100;
    private static final int LEFT = 64;
    private static final int RIGHT = 12;
    private static final int DOTS_MAX = 5_000;
    /// Pushes take no time of a client's.
    private static final double PUSH_MS = 0.3;

    private static final double LATENCY_MIN_MS = 0.5;
    private static final double LATENCY_MAX_MS = 20_000;

    private final List<Call> calls;
    private final List<FaultWindow> windows;
    private final double begin;
    private final double seconds;

    Plots(History history) {
        // Drains read everything, and pushes take no time of a client's.
        this.calls = history.calls().stream()
                .filter(call -> !call.invoke().f().equals("drain")
                        && !call.invoke().f().equals("assign")
                        && !call.invoke().f().equals("device")
                        && call.end().isPresent())
                .toList();
        this.windows = FaultWindow.of(history);
        this.begin = calls.stream()
                .mapToDouble(call -> call.invoke().seconds())
                .min()
                .orElse(0);
        this.seconds = Math.max(
                1,
                calls.stream()
                                .mapToDouble(call -> call.invoke().seconds())
                                .max()
                                .orElse(1)
                        - begin);
    }

    String latency() {
        int height = 300;
        int floor = height - 28;
        Svg svg = new Svg(WIDTH, height);
        bands(svg, 18, floor);
        for (double ms = 1; ms <= 10_000; ms *= 10) {
            double y = latencyY(ms, floor);
            svg.line(LEFT, y, WIDTH - RIGHT, y, "grid");
            svg.text(LEFT - 8, y + 4, "end", "axis", ms < 1_000 ? (int) ms + " ms" : (int) ms / 1_000 + " s");
        }
        times(svg, floor);
        List<Call> timed = calls.stream()
                .filter(call -> latencyMillis(call) > PUSH_MS) // pushes are written down as they come
                .toList();
        int step = Math.max(1, timed.size() / DOTS_MAX);
        for (int i = 0; i < timed.size(); i++) {
            Call call = timed.get(i);
            boolean plain = call.isOk();
            if (!plain || i % step == 0) {
                svg.dot(
                        x(call.invoke().seconds() - begin),
                        latencyY(latencyMillis(call), floor),
                        plain ? 1.7 : 2.4,
                        style(call));
            }
        }
        return svg.end();
    }

    String rate() {
        int height = 190;
        int floor = height - 28;
        Svg svg = new Svg(WIDTH, height);
        bands(svg, 18, floor);
        int[][] perSecond = new int[3][(int) seconds + 1];
        int most = 1;
        for (Call call : calls) {
            if (latencyMillis(call) > PUSH_MS) {
                int second = (int) Math.min(seconds, call.invoke().seconds() - begin);
                perSecond[outcome(call)][second]++;
                most = Math.max(most, perSecond[0][second] + perSecond[1][second] + perSecond[2][second]);
            }
        }
        for (int part = 0; part <= 2; part++) {
            double y = floor - (floor - 24) * part / 2.0;
            svg.line(LEFT, y, WIDTH - RIGHT, y, "grid");
            svg.text(LEFT - 8, y + 4, "end", "axis", most * part / 2 + "/s");
        }
        times(svg, floor);
        double width = (WIDTH - LEFT - RIGHT) / seconds;
        for (int second = 0; second < perSecond[0].length; second++) {
            double y = floor;
            for (int kind = 0; kind < 3; kind++) {
                double tall = (floor - 24) * (double) perSecond[kind][second] / most;
                y -= tall;
                if (tall > 0) {
                    svg.rect(
                            x(second),
                            y,
                            width - 0.6,
                            tall,
                            List.of("ok", "fail", "info").get(kind),
                            "");
                }
            }
        }
        return svg.end();
    }

    private void bands(Svg svg, int top, int floor) {
        double labelled = -100;
        for (FaultWindow window : windows) {
            double from = x(window.fromNanos() / 1e9 - begin);
            double to = x(Math.min(seconds, window.toNanos() / 1e9 - begin));
            svg.rect(from, top, to - from, floor - top, window.majorityLeft() ? "band" : "band hard", window.fault());
            if (from > labelled) {
                svg.text(from + 3, top - 5, "start", "label", window.fault());
                labelled = from + 7 * window.fault().length();
            }
        }
    }

    private void times(Svg svg, int floor) {
        int step = seconds <= 40 ? 5 : seconds <= 120 ? 10 : seconds <= 600 ? 60 : 300;
        for (int second = 0; second <= seconds; second += step) {
            svg.text(x(second), floor + 18, "middle", "axis", second + " s");
        }
        svg.line(LEFT, floor, WIDTH - RIGHT, floor, "base");
    }

    private double x(double second) {
        return LEFT + (WIDTH - LEFT - RIGHT) * second / seconds;
    }

    private static double latencyY(double millis, int floor) {
        double within = Math.clamp(millis, LATENCY_MIN_MS, LATENCY_MAX_MS);
        double part = Math.log(within / LATENCY_MIN_MS) / Math.log(LATENCY_MAX_MS / LATENCY_MIN_MS);
        return floor - part * (floor - 24);
    }

    private static double latencyMillis(Call call) {
        return (call.end().orElseThrow().timeNanos() - call.invoke().timeNanos()) / 1e6;
    }

    private static int outcome(Call call) {
        return switch (call.outcome()) {
            case INVOKE, OK -> 0;
            case FAIL -> 1;
            case INFO -> 2;
        };
    }

    static String style(Call call) {
        Op.Type outcome = call.outcome();
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
