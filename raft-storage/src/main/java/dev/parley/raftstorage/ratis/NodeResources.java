package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupListener;
import dev.parley.raftstorage.rocks.ReadPool;
import dev.parley.raftstorage.rocks.RocksRuntime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/// What the groups of a node share: the Raft server, RocksDB's memory, and the few threads that serve all of them.
final class NodeResources<A> implements AutoCloseable {
    private static final int CALLBACK_THREADS = 3;
    private static final int BARRIER_THREADS = 2;
    private static final int READS_WAITING_MAX = 10_000;
    private static final long CLOSE_WAIT_SECONDS = 5;

    private final RatisSettings<A> settings;
    private final RocksRuntime rocks;
    private final ReadPool reads;
    private final ExecutorService callbacks = pool("storage-callback-", CALLBACK_THREADS);
    private final ExecutorService barriers = pool("storage-barrier-", BARRIER_THREADS);
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("storage-housekeeping").daemon().factory());
    private final InstallQueue installs = new InstallQueue();
    private final List<GroupListener> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable RaftServer server;

    NodeResources(RatisSettings<A> settings) {
        this.settings = settings;
        this.rocks = new RocksRuntime(settings.tuning().rocks());
        this.reads = new ReadPool(settings.tuning().readThreads(), READS_WAITING_MAX);
    }

    RatisSettings<A> settings() {
        return settings;
    }

    RocksRuntime rocks() {
        return rocks;
    }

    ReadPool reads() {
        return reads;
    }

    /// Where callers are told; see [OrderedExecutor].
    ExecutorService callbacks() {
        return callbacks;
    }

    ExecutorService barriers() {
        return barriers;
    }

    ScheduledExecutorService housekeeping() {
        return housekeeping;
    }

    InstallQueue installs() {
        return installs;
    }

    List<GroupListener> listeners() {
        return listeners;
    }

    void use(RaftServer raftServer) {
        server = raftServer;
    }

    RaftServer server() {
        RaftServer running = server;
        if (running == null) {
            throw new IllegalStateException("the Raft server does not run yet");
        }
        return running;
    }

    /// Sends a request to the server in this process.
    CompletableFuture<RaftClientReply> request(RaftClientRequest request) {
        try {
            return server().submitClientRequestAsync(request);
        } catch (java.io.IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /// Ends the threads. After the server was closed; RocksDB's memory last, by [#closeRocks()].
    @Override
    public void close() {
        housekeeping.shutdownNow();
        installs.close();
        reads.close();
        barriers.shutdown();
        callbacks.shutdown();
        try {
            if (!callbacks.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
                callbacks.shutdownNow();
            }
        } catch (InterruptedException e) {
            callbacks.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    void closeRocks() {
        rocks.close();
    }

    private static ExecutorService pool(String name, int threads) {
        return Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name(name, 0).daemon().factory());
    }
}
