package dev.parley.node.systemd;

import dev.parley.node.health.Readiness;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells systemd that the node is ready once `/readyz` says so, what it waits for, that it stops, and, if the
/// unit has a
/// watchdog, that it is alive.
///
/// The signs of life come from one platform thread, and each only after the node has shown that it works (see
/// [SignOfLife]); so a node whose threads are stuck is silent, and systemd restarts it. Not being ready is no
/// reason
/// to be restarted: a node without its neighbours waits for them.
public final class ServiceManager implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration STOP_MAX = Duration.ofSeconds(10);
    private static final int BEATS_PER_PERIOD = 4;
    private static final int STATUS_CHARS_MAX = 500;

    private final NotifySocket socket;
    private final Readiness readiness;
    private final SignOfLife life;
    private final Optional<Duration> watchdog;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Worker worker;

    private ServiceManager(
            NotifySocket socket, Readiness readiness, SignOfLife life, Optional<Duration> watchdog, Fault fault) {
        this.socket = socket;
        this.readiness = readiness;
        this.life = life;
        this.watchdog = watchdog;
        this.worker = Worker.start("service-manager", Worker.Kind.PLATFORM, fault, this::run);
    }

    /// Begins to tell the manager that the environment names.
    ///
    /// @return empty if there is none: the node was started by a person
    public static Optional<ServiceManager> start(
            Map<String, String> environment, Readiness readiness, SignOfLife life) {
        return NotifySocket.of(environment)
                .map(socket ->
                        new ServiceManager(socket, readiness, life, watchdogPeriod(environment), Fault.logged()));
    }

    /// Says that the node stops. The watchdog is fed no more: the unit's time limit for stopping holds from
    /// here.
    @Override
    public void close() {
        closing.countDown();
        if (worker.join(STOP_MAX)) {
            socket.send("STOPPING=1\nSTATUS=stopping");
            socket.close();
        } else {
            LOG.warn("service manager not told that the node stops: reason=stuck");
        }
    }

    private void run() throws InterruptedException {
        String told = "";
        boolean ready = false;
        long beaten = System.nanoTime();
        do {
            Readiness.Verdict verdict = readiness.verdict();
            if (verdict.ready() && !ready) {
                ready = true;
                socket.send("READY=1");
                LOG.info("service manager told: state=ready");
            }
            String status = status(verdict);
            if (!status.equals(told)) {
                socket.send("STATUS=" + status);
                told = status;
            }
            if (watchdog.isPresent() && System.nanoTime() - beaten >= beat(watchdog.get())) {
                beaten = System.nanoTime();
                feed();
            }
        } while (!closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void feed() {
        Optional<String> trouble = life.trouble();
        if (trouble.isEmpty()) {
            socket.send("WATCHDOG=1");
        } else {
            LOG.warn("watchdog not fed: reason={}", trouble.get());
        }
    }

    private static long beat(Duration period) {
        return period.toNanos() / BEATS_PER_PERIOD;
    }

    private static String status(Readiness.Verdict verdict) {
        String status = verdict.ready() ? "ready" : "not ready: " + String.join("; ", verdict.reasons());
        String line = status.replaceAll("\\p{Cntrl}", " ");
        return line.length() > STATUS_CHARS_MAX ? line.substring(0, STATUS_CHARS_MAX) : line;
    }

    /// How often systemd must hear something, if it wants to and means this process.
    private static Optional<Duration> watchdogPeriod(Map<String, String> environment) {
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        String pid = environment.getOrDefault("WATCHDOG_PID", "");
        boolean ours = pid.isEmpty()
                || pid.equals(Long.toString(ProcessHandle.current().pid()));
        return ours && micros.matches("[1-9][0-9]{0,15}")
                ? Optional.of(Duration.of(Long.parseLong(micros), java.time.temporal.ChronoUnit.MICROS))
                : Optional.empty();
    }
}
