package dev.parley.jepsen.workload;

import dev.parley.client.ParleyClient;
import dev.parley.jepsen.cluster.Cluster;
import dev.parley.jepsen.history.Recorder;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Where a workload plays: the cluster, the book, and when it is over.
public final class Stage implements AutoCloseable {

    private final Cluster cluster;
    private final Recorder recorder;
    private final SplittableRandom random;
    private final HttpClient http = ParleyClient.newHttp(Duration.ofSeconds(2));
    private final CountDownLatch over = new CountDownLatch(1);

    public Stage(Cluster cluster, Recorder recorder, SplittableRandom random) {
        this.cluster = cluster;
        this.recorder = recorder;
        this.random = random;
    }

    Cluster cluster() {
        return cluster;
    }

    Recorder recorder() {
        return recorder;
    }

    HttpClient http() {
        return http;
    }

    /// A source of chance for one worker. To be called while the workload is set up, always in the same order.
    SplittableRandom split() {
        return random.split();
    }

    URI url(int node) {
        return cluster.urls().get(node);
    }

    /// Waits between two operations, but not longer than the run.
    ///
    /// @return whether the run goes on
    boolean pause(long millis) throws InterruptedException {
        return !over.await(millis, TimeUnit.MILLISECONDS);
    }

    /// Lets the run go on for so long.
    public void pauseSeconds(int seconds) throws InterruptedException {
        over.await(seconds, TimeUnit.SECONDS);
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    /// Workers end after the operation that they are at.
    public void end() {
        over.countDown();
    }

    @Override
    public void close() {
        end();
        http.shutdownNow();
    }
}
