package dev.parley.cli.dev;

import dev.parley.cli.CommandFailed;
import dev.parley.cli.Screen;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The nodes of one `parley dev`. The calling thread starts them and waits until all are ready; then one virtual
/// thread per node waits for its end and, unless it was asked not to, starts it again. [#stop] may come from any
/// thread.
final class DevCluster {

    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final Duration RESTART_DELAY = Duration.ofSeconds(1);
    private static final Duration RESTART_WINDOW = Duration.ofMinutes(1);
    private static final int RESTARTS_PER_WINDOW_MAX = 5;

    /// A process that a signal ended has this and the signal's number as its exit code.
    private static final int SIGNAL_BASE = 128;
    private static final int KILLED = SIGNAL_BASE + 9;
    private static final int TERMINATED = SIGNAL_BASE + 15;

    private final DevPlan plan;
    private final NodeProcess.NodeLaunch launch;
    private final boolean restart;
    private final Narrator narrator;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<NodeProcess> running = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    DevCluster(DevPlan plan, NodeProcess.NodeLaunch launch, boolean restart, Narrator narrator) {
        this.plan = plan;
        this.launch = launch;
        this.restart = restart;
        this.narrator = narrator;
    }

    /// Starts all nodes and returns when each says that it is ready, or stops them all and says why that failed.
    void start() throws InterruptedException {
        try {
            plan.all().forEach(node -> adopt(NodeProcess.start(node, launch)));
            awaitReady();
        } catch (CommandFailed | InterruptedException e) {
            stop();
            throw e;
        }
        snapshot().forEach(this::watch);
    }

    /// Blocks until [#stop] is done.
    void awaitStopped() throws InterruptedException {
        stopped.await();
    }

    /// Stops all nodes: asks each, waits, kills what does not end. Safe to call twice and from any thread.
    void stop() throws InterruptedException {
        stopping.countDown();
        List<NodeProcess> nodes = snapshot();
        nodes.forEach(NodeProcess::askToStop);
        Instant deadline = Instant.now().plus(STOP_PATIENCE);
        for (NodeProcess node : nodes) {
            Duration left = Duration.between(Instant.now(), deadline);
            node.stopWithin(left.isNegative() ? Duration.ZERO : left);
        }
        stopped.countDown();
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private List<NodeProcess> snapshot() {
        lock.lock();
        try {
            return List.copyOf(running);
        } finally {
            lock.unlock();
        }
    }

    /// Takes a started process in; one that was started while the cluster stops is stopped too, never forgotten.
    private void adopt(NodeProcess process) {
        lock.lock();
        try {
            running.removeIf(old -> old.node().equals(process.node()));
            running.add(process);
        } finally {
            lock.unlock();
        }
        if (isStopping()) {
            process.askToStop();
        }
    }

    private void awaitReady() throws InterruptedException {
        Instant deadline = Instant.now().plus(READY_TIMEOUT);
        try (HttpClient http = client()) {
            List<NodeProcess> waiting = new ArrayList<>(snapshot());
            while (!waiting.isEmpty()) {
                for (NodeProcess process : List.copyOf(waiting)) {
                    if (!process.isAlive()) {
                        throw diedAtStart(process);
                    }
                    if (answersReady(http, process.node())) {
                        waiting.remove(process);
                        narrator.progress(plan.nodes() - waiting.size(), plan.nodes());
                    }
                }
                if (Instant.now().isAfter(deadline)) {
                    throw CommandFailed.failed(
                            "node " + waiting.getFirst().node().id() + " was not ready after "
                                    + READY_TIMEOUT.toSeconds() + " s: see "
                                    + waiting.getFirst().node().logFile() + ".");
                }
                if (stopping.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw CommandFailed.failed("stopped before all nodes were ready.");
                }
            }
        }
    }

    private static boolean answersReady(HttpClient http, DevPlan.DevNode node) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(node.readyUrl())
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // it does not listen yet: asked again until the deadline, which names the log file
        }
    }

    private static CommandFailed diedAtStart(NodeProcess process) throws InterruptedException {
        int code = process.waitFor();
        String sentence = "node " + process.node().id() + " ended with exit code " + code + " at its start: "
                + Screen.safe(process.lastWords()) + " (log: "
                + process.node().logFile() + ")";
        return code == CommandFailed.MISTAKE ? CommandFailed.mistake(sentence) : CommandFailed.failed(sentence);
    }

    private void watch(NodeProcess first) {
        Thread.ofVirtual().name("watch-" + first.node().id()).start(() -> {
            try {
                keepAlive(first);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// Waits for the node's end, says so, and starts it again after a moment: at most five times a minute, because a
    /// node
    /// that dies at once each time will not get better by it.
    private void keepAlive(NodeProcess first) throws InterruptedException {
        Deque<Instant> restarts = new ArrayDeque<>();
        NodeProcess process = first;
        while (true) {
            int code = process.waitFor();
            if (isStopping()) {
                return;
            }
            String id = process.node().id();
            narrator.say("node " + id + ended(code, process));
            if (!restart) {
                return;
            }
            Instant now = Instant.now();
            restarts.removeIf(at -> at.isBefore(now.minus(RESTART_WINDOW)));
            if (restarts.size() >= RESTARTS_PER_WINDOW_MAX) {
                narrator.say("node " + id + " stays down: it died " + (RESTARTS_PER_WINDOW_MAX + 1)
                        + " times within a minute; see " + process.node().logFile());
                return;
            }
            restarts.add(now);
            if (stopping.await(RESTART_DELAY.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            process = NodeProcess.start(process.node(), launch);
            adopt(process);
            narrator.say("node " + id + " was started again (pid " + process.pid() + ")");
            if (readyAgain(process)) {
                narrator.say("node " + id + " is ready again");
            }
        }
    }

    /// Waits until a node that was started again is ready.
    ///
    /// @return false if it ended before, or the cluster stops
    private boolean readyAgain(NodeProcess process) throws InterruptedException {
        try (HttpClient http = client()) {
            while (process.isAlive() && !stopping.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                if (answersReady(http, process.node())) {
                    return true;
                }
            }
            return false;
        }
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
    }

    /// A node that was killed had no time for last words: what its log ends with says nothing about it. A JVM that
    /// ended
    /// itself by a signal, out of memory or in native code, did say why.
    private static String ended(int exitCode, NodeProcess process) {
        return exitCode == KILLED || exitCode == TERMINATED
                ? " was ended by signal " + (exitCode - SIGNAL_BASE)
                : " died with exit code " + exitCode + "; its last line was: " + Screen.safe(process.lastWords());
    }

    /// Tells the person at the terminal what happens.
    interface Narrator {
        void say(String sentence);

        void progress(int ready, int all);
    }
}
