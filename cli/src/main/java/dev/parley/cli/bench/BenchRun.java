package dev.parley.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Runs the load: warm-up, measured time, and the wait for stragglers. The calling thread keeps the time and shows a
/// line
/// each second.
final class BenchRun {

    private static final Duration STRAGGLER_PATIENCE = Duration.ofSeconds(20);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final BenchPlan plan;
    private final List<Pair> pairs;
    private final Meters meters;
    private final PrintWriter progress;
    private long lastLineNanos;
    private long lastHeartbeatNanos;

    BenchRun(BenchPlan plan, List<Pair> pairs, Meters meters, PrintWriter progress) {
        this.plan = plan;
        this.pairs = pairs;
        this.meters = meters;
        this.progress = progress;
    }

    /// Warms up and measures.
    ///
    /// @return how long the measured time really was, and what the bench used in it
    Measured run() throws InterruptedException {
        long start = System.nanoTime();
        long measuredFrom = start + plan.warmUp().toNanos();
        long end = measuredFrom + plan.duration().toNanos();
        lastLineNanos = start;
        lastHeartbeatNanos = start;
        Thread pacer = startLoad(end);
        keepTime("warm-up", () -> System.nanoTime() - measuredFrom < 0);
        meters.begin(System.nanoTime());
        long began = System.nanoTime();
        double cpuBefore = cpuSeconds();
        keepTime("", () -> System.nanoTime() - end < 0);
        long ended = System.nanoTime();
        meters.end(ended);
        pairs.forEach(pair -> pair.sender().stopProducing());
        pacer.join();
        return new Measured(Duration.ofNanos(ended - began), cpuSeconds() - cpuBefore);
    }

    /// Waits until every message is settled and every acknowledged one was received, but not for ever.
    void awaitStragglers() {
        long settleBy = System.nanoTime() + plan.sendDeadline().toNanos();
        keepTime("settling", () -> pending() > 0 && System.nanoTime() - settleBy < 0);
        long receiveBy = System.nanoTime() + STRAGGLER_PATIENCE.toNanos();
        keepTime("receiving", () -> !allReceived() && System.nanoTime() - receiveBy < 0);
    }

    /// The measured time.
    ///
    /// @param cpuSeconds that the bench itself used in it: it shares the machine with the servers
    record Measured(Duration time, double cpuSeconds) {}

    private static double cpuSeconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getProcessCpuTime() / 1e9
                : 0;
    }

    private Thread startLoad(long endNanos) {
        if (plan.rate().isPresent()) {
            Pacer pacer = new Pacer(pairs, plan.rate().getAsLong(), meters);
            return Thread.ofPlatform().name("bench-pacer").start(() -> pacer.run(endNanos));
        }
        return Thread.ofVirtual()
                .name("bench-start")
                .start(() -> pairs.forEach(pair -> pair.sender().produce()));
    }

    private void keepTime(String phase, BooleanSupplier goOn) {
        while (goOn.getAsBoolean()) {
            LockSupport.parkNanos(TICK_NANOS);
            long now = System.nanoTime();
            pairs.forEach(pair -> pair.sender().retryHeld(now));
            if (now - lastHeartbeatNanos >= HEARTBEAT.toNanos()) {
                lastHeartbeatNanos = now;
                pairs.forEach(pair -> {
                    pair.sender().heartbeat();
                    pair.receiver().heartbeat();
                });
            }
            if (now - lastLineNanos >= TimeUnit.SECONDS.toNanos(1)) {
                expire(now);
                line(phase, (now - lastLineNanos) / 1e9);
                lastLineNanos = now;
            }
        }
    }

    private void expire(long now) {
        for (Pair pair : pairs) {
            meters.errors.add(pair.log().expireBefore(now - plan.sendDeadline().toNanos()));
        }
    }

    private void line(String phase, double seconds) {
        Meters.Interval interval = meters.takeInterval();
        long connected = pairs.stream()
                .mapToLong(pair ->
                        (pair.sender().isConnected() ? 1 : 0) + (pair.receiver().isConnected() ? 1 : 0))
                .sum();
        progress.printf(
                "%s%,8.0f acked/s  %,8.0f delivered/s  ack p50 %.1f ms p99 %.1f ms  pending %,d  connected %d/%d"
                        + "  errors %d%n",
                phase.isEmpty() ? "" : phase + " ",
                interval.acknowledged() / seconds,
                interval.delivered() / seconds,
                interval.ackMillisP50(),
                interval.ackMillisP99(),
                pending(),
                connected,
                2 * pairs.size(),
                meters.errors.sum());
        progress.flush();
    }

    private long pending() {
        return pairs.stream().mapToLong(pair -> pair.log().pending()).sum();
    }

    /// Refused and expired messages need not arrive, so equal counts are only the usual way to see it; the checks look
    /// at
    /// each message.
    private boolean allReceived() {
        return pairs.stream().allMatch(pair -> {
            SendLog log = pair.log();
            for (int number = 0; number < log.size(); number++) {
                if (log.state(number) == SendLog.State.ACKNOWLEDGED
                        && !pair.receiver().has(number)) {
                    return false;
                }
            }
            return true;
        });
    }
}
