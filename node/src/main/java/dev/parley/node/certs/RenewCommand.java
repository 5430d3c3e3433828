package dev.parley.node.certs;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `parley certs renew`.
@Command(
        name = "renew",
        mixinStandardHelpOptions = true,
        description = "Replaces keys and certificates by new ones for the same names.")
final class RenewCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", arity = "1..*", description = "Nodes, or what --server was given.")
    private List<String> names = new ArrayList<>();

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

    @Option(
            names = "--within",
            paramLabel = "DAYS",
            description = "Leaves alone what is valid for longer than so many days; for cron.")
    private @Nullable Integer within;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Words.requireDays(spec, days, IssueCommand.DAYS_MAX);
        Instant now = Clock.systemUTC().instant();
        CertificateFolder files = new CertificateFolder(folder);
        Authority authority = files.authority();
        PrintWriter out = spec.commandLine().getOut();
        for (String name : names) {
            Words.requireName(spec, "NAME", name);
            X509Certificate before = files.read(name);
            CertificateFacts facts = CertificateFacts.of(before);
            if (within != null && facts.expires().isAfter(now.plus(Duration.ofDays(within)))) {
                out.println("%s is valid until %s.".formatted(files.certificate(name), facts.expires()));
                continue;
            }
            Authority.Issued issued = authority.issue(subject(name, facts), facts.hosts(), now, Duration.ofDays(days));
            files.write(name, issued.certificate(), issued.key());
            out.println("Renewed %s and %s, valid until %s. A node reads them within seconds; nothing needs a restart."
                    .formatted(
                            files.certificate(name),
                            files.key(name),
                            CertificateFacts.of(issued.certificate()).expires()));
        }
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    private Authority.Subject subject(String name, CertificateFacts facts) {
        return switch (facts.kind()) {
            case NODE -> new Authority.Subject.Node(name);
            case SERVER -> new Authority.Subject.Server(name);
            case CLIENT -> new Authority.Subject.Client(name);
            case AUTHORITY ->
                throw new ParameterException(
                        spec.commandLine(), name + " is an authority; a new one needs a new folder.");
        };
    }
}
