package dev.parley.cli.dev;

import dev.parley.cli.CommandFailed;
import dev.parley.cli.Screen;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `parley dev`: runs a cluster on this machine until Ctrl-C or SIGTERM. Standard output gets the one line that says
/// that
/// it is ready; everything else goes to standard error.
@Command(
        name = "dev",
        description = "Runs a cluster on this machine, one process per node, and continues on the data of last time.",
        mixinStandardHelpOptions = true)
public final class DevCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "1", description = "Nodes (default ${DEFAULT-VALUE}).")
    private int nodes = 1;

    @Option(
            names = "--http-port",
            paramLabel = "P",
            defaultValue = "8080",
            description = {
                "HTTP port of the first node (default ${DEFAULT-VALUE}). Node k, from 0, uses",
                "P+k, and on loopback P+1000+k (admin), P+2000+k (Raft), P+3000+k (peers)."
            })
    private int httpPort = 8_080;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the data is (default $XDG_DATA_HOME/parley/dev or ~/.parley/dev).")
    private Optional<Path> data = Optional.empty();

    @Option(names = "--fresh", description = "Wipes the data folder first, if parley dev made it.")
    private boolean fresh;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "4",
            description = "Partitions of a new cluster (default ${DEFAULT-VALUE}); fixed from then on.")
    private int partitions = 4;

    @Option(names = "--no-restart", description = "Does not start a node again that died.")
    private boolean noRestart;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Path folder = data.orElseGet(DevFolder::defaultFolder).toAbsolutePath().normalize();
        DevPlan plan = new DevPlan(folder, nodes, httpPort, partitions);
        NodeProcess.NodeLaunch launch = NodeProcess.NodeLaunch.fromLauncher();
        try (DevFolder devFolder = DevFolder.open(plan)) {
            plan.requireFreePorts();
            devFolder.prepare(fresh);
            err.println("parley: data in " + folder + ", logs in n*/log/node.log there");
            DevCluster cluster = new DevCluster(plan, launch, !noRestart, new StderrNarrator(err));
            Thread hook = Thread.ofPlatform().unstarted(() -> stopOnSignal(cluster, err));
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                cluster.start();
            } catch (CommandFailed failed) {
                removeHook(hook);
                throw failed;
            }
            out.println("Parley is ready: " + plan.all().getFirst().httpUrl());
            out.println("For administrators: parley status --admin "
                    + plan.all().getFirst().adminUrl());
            out.flush();
            cluster.awaitStopped();
            hook.join(); // it ends the process: nothing may come between a clean stop and exit code 0
        }
        return 0;
    }

    private static void removeHook(Thread hook) throws InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            hook.join(); // a signal came meanwhile: the hook ends the process
        }
    }

    /// Runs as the shutdown hook. A stop on request is a success, which the JVM would report as 130 or 143.
    private static void stopOnSignal(DevCluster cluster, PrintWriter err) {
        try {
            err.println("parley: stopping the nodes");
            cluster.stop();
            err.println("parley: stopped");
            err.flush();
            Runtime.getRuntime().halt(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record StderrNarrator(PrintWriter err) implements DevCluster.Narrator {

        @Override
        public void say(String sentence) {
            err.println("parley: " + sentence);
        }

        @Override
        public void progress(int ready, int all) {
            String line = "parley: " + ready + " of " + all + " nodes ready";
            if (Screen.isInteractive() && ready < all) {
                err.print(line + "\r");
                err.flush();
            } else {
                err.println(line);
            }
        }
    }
}
