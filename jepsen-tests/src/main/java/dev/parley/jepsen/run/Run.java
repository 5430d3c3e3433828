package dev.parley.jepsen.run;

import dev.parley.jepsen.cluster.Cluster;
import dev.parley.jepsen.cluster.LocalCluster;
import dev.parley.jepsen.cluster.NetnsCluster;
import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.Recorder;
import dev.parley.jepsen.nemesis.Nemeses;
import dev.parley.jepsen.nemesis.Nemesis;
import dev.parley.jepsen.workload.Stage;
import dev.parley.jepsen.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run: a cluster is started, clients ask it while the nemesis hurts it, all is healed and read once more,
/// and the
/// checkers say what they think of it.
public final class Run {

    private static final Logger log = LoggerFactory.getLogger(Run.class);
    private static final int NODES = 3;

    /// How long clients go on after the last fault was healed.
    private static final int AFTERMATH_SECONDS = 5;

    private static final int WORKERS_END_SECONDS = 60;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss");

    private final RunOptions options;
    private final Clock clock;

    public Run(RunOptions options, Clock clock) {
        this.options = options;
        this.clock = clock;
    }

    /// What became of a run.
    ///
    /// @param folder with everything about it; empty if it was skipped
    public record Result(Optional<Path> folder, Optional<Verdicts> verdicts, String skipped) {

        public int exitCode() {
            return verdicts.map(Verdicts::exitCode).orElse(2);
        }
    }

    public Result run() throws IOException, InterruptedException {
        Workload workload = Workloads.of(options.workload());
        Optional<String> lacking = lacking();
        if (lacking.isPresent()) {
            return new Result(Optional.empty(), Optional.empty(), lacking.get());
        }
        String name = "%s-%s-%s-%d"
                .formatted(
                        LocalDateTime.now(clock).format(TIME), options.workload(), options.nemesis(), options.seed());
        Path folder = Files.createDirectories(options.store().toAbsolutePath().resolve(name));
        Path nodes = Files.createDirectory(folder.resolve("nodes"));
        SplittableRandom random = new SplittableRandom(options.seed());
        Recorder recorder = new Recorder();
        try (Cluster cluster = start(nodes)) {
            try (Stage stage = new Stage(cluster, recorder, random.split())) {
                play(cluster, stage, workload, recorder, random.split());
            } finally {
                keepLogs(cluster, folder);
            }
        }
        deleteWhole(nodes);
        RunFolder.write(folder, options, recorder.history());
        return new Result(Optional.of(folder), Optional.of(RunFolder.check(folder)), "");
    }

    private Optional<String> lacking() {
        Nemeses.Need need = Nemeses.need(options.nemesis());
        return switch (options.backend()) {
            case LOCAL ->
                need == Nemeses.Need.NOTHING
                        ? Optional.empty()
                        : Optional.of(options.nemesis() + " needs --backend netns");
            case NETNS -> NetnsCluster.lacking();
        };
    }

    private Cluster start(Path nodes) throws InterruptedException {
        return switch (options.backend()) {
            case LOCAL -> LocalCluster.start(nodes, NODES);
            case NETNS -> NetnsCluster.start(nodes, NODES);
        };
    }

    private void play(Cluster cluster, Stage stage, Workload workload, Recorder recorder, SplittableRandom chance)
            throws InterruptedException {
        Nemesis nemesis = Nemeses.of(options.nemesis(), chance);
        List<Callable<Void>> workers = workload.setUp(stage);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> working = new ArrayList<>();
            workers.forEach(worker -> working.add(threads.submit(worker)));
            Future<?> hurting = threads.submit(() -> {
                if (!options.nemesis().equals("none")) {
                    hurt(nemesis, cluster, recorder);
                }
                return null;
            });
            stage.pauseSeconds(options.seconds());
            nemesis.end();
            await(hurting, Long.MAX_VALUE);
            stage.pauseSeconds(AFTERMATH_SECONDS);
            stage.end();
            for (Future<?> worker : working) {
                await(worker, WORKERS_END_SECONDS);
            }
        }
        workload.finish(stage);
    }

    /// A nemesis that cannot bring the nodes back has found something: it is written down, and the liveness
    /// checker sees.
    private static void hurt(Nemesis nemesis, Cluster cluster, Recorder recorder) throws InterruptedException {
        try {
            nemesis.run(cluster, recorder);
        } catch (IllegalStateException e) {
            log.error("the nemesis could not go on", e);
            String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            recorder.nemesis("nemesis-failed", Datum.vec(), first);
        }
    }

    private static void await(Future<?> future, long seconds) throws InterruptedException {
        try {
            future.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a worker of the harness failed", e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("a worker of the harness did not end", e);
        }
    }

    private static void keepLogs(Cluster cluster, Path folder) throws IOException {
        for (int node = 0; node < cluster.size(); node++) {
            Files.copy(
                    cluster.logFile(node),
                    folder.resolve(cluster.id(node) + ".log"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void deleteWhole(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
