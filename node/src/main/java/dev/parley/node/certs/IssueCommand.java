package dev.parley.node.certs;

import dev.parley.node.config.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `parley certs issue`.
@Command(
        name = "issue",
        mixinStandardHelpOptions = true,
        description = "Makes the key and the certificate of a node, or of the client port alone.")
final class IssueCommand implements Callable<Integer> {
    static final int DAYS_MAX = 825;

    @ArgGroup(multiplicity = "1")
    private Whom whom = new Whom();

    /// One of them.
    static final class Whom {
        @Option(names = "--node", paramLabel = "ID", description = "For the node with this id (node.id).")
        private @Nullable String node;

        @Option(
                names = "--server",
                paramLabel = "NAME",
                description = "For client ports only; it speaks for no node. NAME is that of its files.")
        private @Nullable String server;
    }

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "A name or an address by which it is called; may be repeated.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "certs",
            description = "Where (default ${DEFAULT-VALUE}).")
    private Path folder = Path.of("certs");

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "365",
            description = "Valid for (default ${DEFAULT-VALUE}).")
    private int days;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Words.requireDays(spec, days, DAYS_MAX);
        hosts.forEach(host -> Words.requireHost(spec, host));
        Authority.Subject subject = subject();
        CertificateFolder files = new CertificateFolder(folder);
        Authority authority = files.authority();
        if (files.holds(subject.name())) {
            throw new ConfigException("%s is there already; `parley certs renew %s` replaces it."
                    .formatted(files.certificate(subject.name()), subject.name()));
        }
        Authority.Issued issued =
                authority.issue(subject, hosts, Clock.systemUTC().instant(), Duration.ofDays(days));
        files.write(subject.name(), issued.certificate(), issued.key());
        tell(spec.commandLine().getOut(), subject, files);
        return CommandLine.ExitCode.OK;
    }

    private Authority.Subject subject() {
        String node = whom.node;
        if (node != null) {
            Words.requireName(spec, "--node", node);
            return new Authority.Subject.Node(node);
        }
        String server = whom.server == null ? "" : whom.server;
        Words.requireName(spec, "--server", server);
        if (hosts.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--server needs --host: clients look for the name that they call.");
        }
        return new Authority.Subject.Server(server);
    }

    private static void tell(PrintWriter out, Authority.Subject subject, CertificateFolder files) {
        out.println("Made %s and %s (a key: for its owner alone)."
                .formatted(files.certificate(subject.name()), files.key(subject.name())));
        out.flush();
    }
}
