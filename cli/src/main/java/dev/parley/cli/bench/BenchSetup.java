package dev.parley.cli.bench;

import dev.parley.cli.CommandFailed;
import dev.parley.cli.admin.AdminApi;
import dev.parley.client.ClientOptions;
import dev.parley.client.ParleyClient;
import dev.parley.client.ParleyException;
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

/// Makes the users of a run, their conversations and their connections, some at a time.
final class BenchSetup {

    /// So many at once: a node should not meet its limits before the run begins.
    private static final int PARALLEL_MAX = 16;

    private static final Duration GREETING_PATIENCE = Duration.ofSeconds(60);
    private static final Duration TOKEN_TTL = Duration.ofHours(12);

    private final BenchPlan plan;
    private final AdminApi admin;
    private final Bodies bodies;
    private final Meters meters;
    private final HttpClient http = ParleyClient.newHttp(Duration.ofSeconds(5));

    /// Names the run, so that each has users and conversations of its own.
    private final String run = "bench-" + Long.toString(System.currentTimeMillis(), 36);

    BenchSetup(BenchPlan plan, AdminApi admin, Bodies bodies, Meters meters) {
        this.plan = plan;
        this.admin = admin;
        this.bodies = bodies;
        this.meters = meters;
    }

    /// All pairs, connected.
    List<Pair> pairs() throws InterruptedException {
        Semaphore places = new Semaphore(PARALLEL_MAX);
        try (ExecutorService setup = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Pair>> making = IntStream.range(0, plan.pairs())
                    .mapToObj(number -> setup.submit(() -> {
                        places.acquire();
                        try {
                            return pair(number);
                        } finally {
                            places.release();
                        }
                    }))
                    .toList();
            List<Pair> pairs = new ArrayList<>(making.size());
            for (Future<Pair> made : making) {
                pairs.add(made.get());
            }
            return pairs;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case CommandFailed failed -> throw failed;
                case ParleyException failed ->
                    throw CommandFailed.failed("cannot set the users up: " + failed.getMessage() + ".");
                case null, default -> throw new IllegalStateException("cannot set the users up", e);
            }
        }
    }

    private Pair pair(int number) throws InterruptedException {
        ParleyClient sender = user("a" + number, number);
        ParleyClient receiver = user("b" + number, number + 1);
        String conversationId = sender.direct(receiver.userId());
        Pair pair = new Pair(
                new Pair.Identity(run, number, conversationId), new Pair.Users(sender, receiver), plan, bodies, meters);
        pair.receiver().start("bench-receiver-" + number);
        pair.sender().start("bench-sender-" + number);
        if (!pair.receiver().awaitGreeted(GREETING_PATIENCE) || !pair.sender().awaitGreeted(GREETING_PATIENCE)) {
            throw CommandFailed.failed("pair " + number + " was not connected within " + GREETING_PATIENCE.toSeconds()
                    + " s; are the URLs right?");
        }
        return pair;
    }

    private ParleyClient user(String name, int firstUrl) {
        String userId = run + "-" + name;
        String token = admin.issueToken(userId, TOKEN_TTL).token();
        List<java.net.URI> urls = IntStream.range(0, plan.urls().size())
                .mapToObj(i -> plan.urlOf(firstUrl + i))
                .toList();
        return new ParleyClient(ClientOptions.of(urls, () -> token, "bench"), http);
    }
}
