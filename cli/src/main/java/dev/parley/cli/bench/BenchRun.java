package dev.parley.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Runs the load: warm-up, measured time, and the wait for stragglers. The calling thread keeps the time and
/// shows a
/// line
/// each second.
final class BenchRun {

    private static final Duration STRAGGLER_PATIENCE = Duration.ofSeconds(20);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final BenchPlan plan;
    private final List<Room> rooms;
    private final List<Author> authors;
    private final List<BenchLink> links;
    private final Meters meters;
    private final PrintWriter progress;
    private final ServerProcesses servers;
    private long lastLineNanos;
    private long lastHeartbeatNanos;

    BenchRun(BenchPlan plan, List<Room> rooms, Meters meters, PrintWriter progress) {
        this.plan = plan;
        this.rooms = rooms;
        this.authors = rooms.stream().flatMap(room -> room.authors().stream()).toList();
        this.links = rooms.stream().flatMap(room -> room.links().stream()).toList();
        this.meters = meters;
        this.progress = progress;
        this.servers = ServerProcesses.behind(plan.urls());
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
        Optional<ServerProcesses.Usage> serversBefore = serverUsage();
        keepTime("", () -> System.nanoTime() - end < 0);
        long ended = System.nanoTime();
        meters.end(ended);
        Optional<ServerProcesses.Usage> serversAfter = serverUsage();
        authors.forEach(author -> author.sender().stopProducing());
        pacer.join();
        return new Measured(
                Duration.ofNanos(ended - began), cpuSeconds() - cpuBefore, difference(serversBefore, serversAfter));
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
    /// @param servers the CPU time that the nodes used in it, and their resident memory at its end; empty
    ///     if they do not
    ///     run on this machine, or one of them was restarted
    record Measured(Duration time, double cpuSeconds, Optional<ServerProcesses.Usage> servers) {}

    private Optional<ServerProcesses.Usage> serverUsage() {
        try {
            return servers.isEmpty() ? Optional.empty() : Optional.of(servers.usage());
        } catch (IOException _) {
            return Optional.empty(); // a node was killed: part of some runs
        }
    }

    private static Optional<ServerProcesses.Usage> difference(
            Optional<ServerProcesses.Usage> before, Optional<ServerProcesses.Usage> after) {
        return before.flatMap(from ->
                after.map(to -> new ServerProcesses.Usage(to.cpuSeconds() - from.cpuSeconds(), to.residentBytes())));
    }

    private static double cpuSeconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getProcessCpuTime() / 1e9
                : 0;
    }

    private Thread startLoad(long endNanos) {
        if (plan.rate().isPresent()) {
            Pacer pacer = new Pacer(authors, plan.rate().getAsLong(), meters);
            return Thread.ofPlatform().name("bench-pacer").start(() -> pacer.run(endNanos));
        }
        return Thread.ofVirtual()
                .name("bench-start")
                .start(() -> authors.forEach(author -> author.sender().produce()));
    }

    private void keepTime(String phase, BooleanSupplier goOn) {
        while (goOn.getAsBoolean()) {
            LockSupport.parkNanos(TICK_NANOS);
            long now = System.nanoTime();
            authors.forEach(author -> author.sender().retryHeld(now));
            if (now - lastHeartbeatNanos >= HEARTBEAT.toNanos()) {
                lastHeartbeatNanos = now;
                links.forEach(BenchLink::heartbeat);
            }
            if (now - lastLineNanos >= TimeUnit.SECONDS.toNanos(1)) {
                expire(now);
                line(phase, (now - lastLineNanos) / 1e9);
                lastLineNanos = now;
            }
        }
    }

    private void expire(long now) {
        for (Author author : authors) {
            meters.errors.add(
                    author.log().expireBefore(now - plan.sendDeadline().toNanos()));
        }
    }

    private void line(String phase, double seconds) {
        Meters.Interval interval = meters.takeInterval();
        long connected = links.stream().filter(BenchLink::isConnected).count();
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
                links.size(),
                meters.errors.sum());
        progress.flush();
    }

    private long pending() {
        return authors.stream().mapToLong(author -> author.log().pending()).sum();
    }

    /// Refused and expired messages need not arrive, so equal counts are only the usual way to see it; the
    /// checks look
    /// at
    /// each message.
    private boolean allReceived() {
        return rooms.stream()
                .allMatch(room -> room.authors().stream().allMatch(author -> allReceived(author, room.receivers())));
    }

    private static boolean allReceived(Author author, List<Receiver> receivers) {
        SendLog log = author.log();
        for (int number = 0; number < log.size(); number++) {
            if (log.state(number) == SendLog.State.ACKNOWLEDGED) {
                for (Receiver receiver : receivers) {
                    if (!receiver.has(author.place(), number)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }
}
