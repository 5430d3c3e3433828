package dev.parley.cli.bench;

import dev.parley.cli.CommandFailed;
import dev.parley.cli.Table;
import dev.parley.client.ParleyClient;
import dev.parley.client.socket.Closed;
import dev.parley.client.socket.FrameHandler;
import dev.parley.client.socket.WebSocketLink;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `parley bench idle`: what connections cost that do nothing but answer heartbeats. Exit code 1 if one of them
/// ended.
@Command(
        name = "idle",
        description = "Opens connections of one user each, and measures the memory that they cost the nodes.",
        mixinStandardHelpOptions = true)
final class IdleCommand implements Callable<Integer> {

    private static final Logger log = LoggerFactory.getLogger(IdleCommand.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(20);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private BenchTarget target = new BenchTarget();

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Connections (default ${DEFAULT-VALUE}).")
    private int connections = 1_000;

    @Option(
            names = "--hold",
            paramLabel = "S",
            defaultValue = "30s",
            converter = dev.parley.cli.Durations.class,
            description = "How long they stay open (default ${DEFAULT-VALUE}).")
    private Duration hold = Duration.ofSeconds(30);

    private final LongAdder ended = new LongAdder();

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (connections < 1 || connections > 100_000) {
            throw CommandFailed.mistake("--connections must be 1 to 100000, not " + connections + ".");
        }
        ServerProcesses servers = ServerProcesses.behind(target.urls());
        if (servers.isEmpty()) {
            throw CommandFailed.failed(
                    "no node is seen behind the URLs on this machine, so that nothing can be measured.");
        }
        PrintWriter err = spec.commandLine().getErr();
        err.printf("parley: making %d users%n", connections);
        BenchUsers users = target.users();
        List<ParleyClient> clients = BenchUsers.inParallel(connections, number -> {
            ParleyClient client = users.user("i" + number, number);
            client.me(); // the session token too is made before the measurement
            return client;
        });
        ServerProcesses.Usage before = afterCollection(servers);
        err.printf("parley: connecting %d users%n", connections);
        long start = System.nanoTime();
        List<Idle> idle = BenchUsers.inParallel(
                IntStream.range(0, connections).boxed().toList(), number -> open(clients.get(number), number));
        double seconds = (System.nanoTime() - start) / 1e9;
        ServerProcesses.Usage opened = servers.usage();
        keepOpen(idle);
        ServerProcesses.Usage after = afterCollection(servers);
        report(before, opened, after, seconds);
        long lost = ended.sum();
        for (Idle one : idle) {
            one.link().close();
        }
        return lost == 0 ? 0 : CommandFailed.FAILED;
    }

    private record Idle(WebSocketLink link) {}

    private Idle open(ParleyClient client, int number) throws InterruptedException {
        try {
            WebSocketLink link = client.openLink(
                    target.urls().get(Math.floorMod(number, target.urls().size())));
            CountDownLatch hello = new CountDownLatch(1);
            Thread.ofVirtual().name("bench-idle").start(() -> {
                Closed closed = link.read(new Ignoring(hello));
                ended.increment();
                hello.countDown();
                log.debug("connection ended: {}", closed);
            });
            if (!hello.await(60, TimeUnit.SECONDS)) {
                throw CommandFailed.failed("a connection was not greeted within 60 s.");
            }
            return new Idle(link);
        } catch (IOException e) {
            throw CommandFailed.failed("cannot connect: " + e.getMessage() + ".");
        }
    }

    private void keepOpen(List<Idle> idle) throws InterruptedException {
        long until = System.nanoTime() + hold.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            if (never.await(Math.min(left, HEARTBEAT.toNanos()), TimeUnit.NANOSECONDS)) {
                return;
            }
            for (Idle one : idle) {
                try {
                    one.link().ping();
                } catch (IOException e) {
                    log.debug("ping failed: reason={}", e.getMessage()); // its reader counts it
                }
            }
        }
    }

    /// Memory is compared after a full collection at both ends; else it is garbage that is measured.
    private static ServerProcesses.Usage afterCollection(ServerProcesses servers)
            throws IOException, InterruptedException {
        servers.collectGarbage();
        return servers.usage();
    }

    private void report(
            ServerProcesses.Usage before, ServerProcesses.Usage opened, ServerProcesses.Usage after, double seconds) {
        Table table = new Table("IDLE CONNECTIONS", "");
        table.row("open", Integer.toString(connections));
        table.row("ended", Long.toString(ended.sum()));
        table.row("opened per second", number(connections / seconds, 0));
        table.row(
                "server CPU per 1,000 opened, s",
                number((opened.cpuSeconds() - before.cpuSeconds()) * 1e3 / connections, 2));
        table.row("resident memory before, MB", number(before.residentBytes() / 1e6, 1));
        table.row("resident memory after, MB", number(after.residentBytes() / 1e6, 1));
        table.row(
                "per connection, KB", number((after.residentBytes() - before.residentBytes()) / 1e3 / connections, 1));
        table.print(spec.commandLine().getOut());
    }

    private static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /// Waits for the first frame, which is `hello`, and takes no note of the others.
    private record Ignoring(CountDownLatch hello) implements FrameHandler {
        @Override
        public void text(byte[] buffer, int offset, int length) {
            hello.countDown();
        }

        @Override
        public void drained() {
            // nothing was queued
        }
    }
}
