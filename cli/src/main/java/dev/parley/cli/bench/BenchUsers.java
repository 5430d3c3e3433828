package dev.parley.cli.bench;

import dev.parley.cli.CommandFailed;
import dev.parley.cli.admin.AdminApi;
import dev.parley.client.ClientOptions;
import dev.parley.client.ParleyClient;
import dev.parley.client.ParleyException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/// Makes the users of a run.
final class BenchUsers {

    /// So many at once: a node should not meet its limits before the run begins.
    private static final int PARALLEL_MAX = 16;

    private static final Duration TOKEN_TTL = Duration.ofHours(12);

    private final List<URI> urls;
    private final AdminApi admin;
    private final HttpClient http = ParleyClient.newHttp(Duration.ofSeconds(5));

    /// Names the run, so that each has users and conversations of its own.
    private final String run = "bench-" + Long.toString(System.currentTimeMillis(), 36);

    BenchUsers(List<URI> urls, AdminApi admin) {
        this.urls = List.copyOf(urls);
        this.admin = admin;
    }

    String run() {
        return run;
    }

    /// A user who tries the nodes in turn, beginning with one.
    ParleyClient user(String name, int firstUrl) {
        String userId = run + "-" + name;
        String token = admin.issueToken(userId, TOKEN_TTL).token();
        List<URI> inTurn = IntStream.range(0, urls.size())
                .mapToObj(i -> urls.get(Math.floorMod(firstUrl + i, urls.size())))
                .toList();
        return new ParleyClient(ClientOptions.of(inTurn, () -> token, "bench"), http);
    }

    /// Makes one thing of a number.
    interface Making<F, T> {
        T make(F from) throws InterruptedException;
    }

    static <T> List<T> inParallel(int count, Making<Integer, T> making) throws InterruptedException {
        return inParallel(IntStream.range(0, count).boxed().toList(), making);
    }

    static <F, T> List<T> inParallel(List<F> all, Making<F, T> making) throws InterruptedException {
        Semaphore places = new Semaphore(PARALLEL_MAX);
        try (ExecutorService setup = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> under = all.stream()
                    .map(one -> setup.submit(() -> {
                        places.acquire();
                        try {
                            return making.make(one);
                        } finally {
                            places.release();
                        }
                    }))
                    .toList();
            List<T> made = new ArrayList<>(all.size());
            for (Future<T> one : under) {
                made.add(one.get());
            }
            return made;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case CommandFailed failed -> throw failed;
                case ParleyException failed ->
                    throw CommandFailed.failed("cannot set the users up: " + failed.getMessage() + ".");
                case null, default -> throw new IllegalStateException("cannot set the users up", e);
            }
        }
    }
}
