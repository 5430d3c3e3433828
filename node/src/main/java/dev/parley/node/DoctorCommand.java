package dev.parley.node;

import com.sun.management.OperatingSystemMXBean;
import dev.parley.node.config.ConfigException;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.doctor.DiskChecks;
import dev.parley.node.doctor.DoctorReport;
import dev.parley.node.doctor.FileChecks;
import dev.parley.node.doctor.Finding;
import dev.parley.node.doctor.Finding.Verdict;
import dev.parley.node.doctor.HostChecks;
import dev.parley.node.doctor.PortChecks;
import dev.parley.node.doctor.ProcFiles;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `parley doctor`: whether a node would do well on this host. Starts nothing and changes nothing.
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Checks this host and a node's settings before trouble: docs/runbook/doctor.md.",
        footer = {"", "Exit codes: 0 nothing is bad, 1 something is, 2 a mistake in the call."})
final class DoctorCommand implements Callable<Integer> {
    private static final long MB = 1L << 20;

    /// As NodeConfig's defaults, for a host without a configuration.
    private static final DiskChecks.Room ROOM = new DiskChecks.Room(1_024 * MB, 5);

    private static final int CONNECTIONS = 20_000;
    private static final long ROCKS_BYTES = (64 + 96) * MB;

    @Option(names = "--config", paramLabel = "FILE", description = "The node's settings; without, only the host.")
    private @Nullable Path file;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Whose disk is measured (default node.data-dir, else the current directory).")
    private @Nullable Path data;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>();
        Optional<NodeConfig> config = file == null ? Optional.empty() : config(file, findings);
        config.ifPresent(settings -> {
            findings.addAll(FileChecks.all(settings, Clock.systemUTC().instant()));
            findings.addAll(PortChecks.all(settings));
        });
        Path directory = data != null
                ? data
                : config.map(settings -> settings.node().dataDir()).orElse(Path.of(""));
        DiskChecks.Room room = config.map(settings -> new DiskChecks.Room(
                        settings.storage().freeBytesMin(), settings.storage().freePercentMin()))
                .orElse(ROOM);
        findings.addAll(DiskChecks.all(directory, room));
        findings.addAll(host(config));
        DoctorReport report = new DoctorReport(findings);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report.json());
        } else {
            report.print(out);
        }
        out.flush();
        return report.worst() == Verdict.BAD ? 1 : 0;
    }

    /// The settings if they can be read at all, and what is wrong with them.
    private static Optional<NodeConfig> config(Path file, List<Finding> findings) {
        try {
            Main.check(file);
            findings.add(Finding.ok("config", file + " is right"));
            return Optional.of(Main.load(file));
        } catch (ConfigException e) {
            findings.add(Finding.bad("config", file + " is wrong", String.valueOf(e.getMessage())));
        }
        try {
            return Optional.of(Main.load(file)); // what can be read is still looked at
        } catch (ConfigException _) {
            return Optional.empty(); // told already
        }
    }

    private static List<Finding> host(Optional<NodeConfig> config) {
        HostChecks host = new HostChecks(ProcFiles.real());
        List<Finding> findings = new ArrayList<>();
        findings.add(host.openFiles(
                config.map(settings -> settings.http().maxConnections()).orElse(CONNECTIONS)));
        findings.add(host.memory(new HostChecks.Memory(
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize(),
                Runtime.getRuntime().maxMemory(),
                config.map(settings -> (settings.storage().blockCacheMb()
                                        + settings.storage().writeBufferMb())
                                * MB)
                        .orElse(ROCKS_BYTES))));
        findings.add(host.clock());
        findings.addAll(host.kernel());
        return findings;
    }
}
