package dev.parley.node.certs;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `parley certs init`.
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description =
                "Makes the certificate authority of a cluster. Its key stays with the administrator, off the nodes.")
final class InitCommand implements Callable<Integer> {
    private static final int DAYS_MAX = 36_500;

    @Option(
            names = "--cluster",
            required = true,
            paramLabel = "NAME",
            description = "The cluster's name (cluster.name).")
    private String cluster = "";

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "certs",
            description = "Where (default ${DEFAULT-VALUE}).")
    private Path folder = Path.of("certs");

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "3650",
            description = "Valid for (default ${DEFAULT-VALUE}).")
    private int days;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Words.requireName(spec, "--cluster", cluster);
        Words.requireDays(spec, days, DAYS_MAX);
        CertificateFolder files = new CertificateFolder(folder);
        files.begin(Authority.create(cluster, Clock.systemUTC().instant(), Duration.ofDays(days)));
        spec.commandLine().getOut().printf("""
                        Made %s, which every node needs, and %s, which no node may have: who has it is every node.
                        Keep the folder off the nodes, and a copy of it.

                        Next, for each node, with every name and address by which others and clients call it:
                        parley certs issue --dir %s --node n1 --host n1.example.org
                        """, files.certificate("ca"), files.key("ca"), folder);
        spec.commandLine().getOut().flush();
        return CommandLine.ExitCode.OK;
    }
}
