package dev.parley.node.certs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.node.config.ConfigException;
import dev.parley.node.config.Reason;
import dev.parley.node.tls.PemFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `parley certs show`.
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Lists certificates: for whom they are, and when they expire.")
final class ShowCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    @Parameters(paramLabel = "PATH", description = "Files, or folders of .pem files (default certs).")
    private List<Path> paths = new ArrayList<>();

    @Option(names = "--json", description = "Prints one JSON array.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private record Shown(Path file, CertificateFacts facts) {}

    @Override
    public Integer call() throws JsonProcessingException {
        List<Shown> all = new ArrayList<>();
        for (Path path : paths.isEmpty() ? List.of(Path.of("certs")) : paths) {
            files(path).forEach(file -> all.add(new Shown(file, facts(file))));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JSON.writeValueAsString(
                    all.stream().map(ShowCommand::object).toList()));
        } else {
            Instant now = Clock.systemUTC().instant();
            String row = "%-24s %-10s %-12s %-26s %s%n";
            out.printf(row, "FILE", "FOR", "NODE", "EXPIRES", "SUBJECT AND HOSTS");
            for (Shown shown : all) {
                CertificateFacts facts = shown.facts();
                out.printf(
                        row,
                        shown.file().getFileName(),
                        word(facts),
                        facts.identity().map(identity -> identity.node()).orElse("-"),
                        expiry(facts.expires(), now),
                        (facts.subject() + " " + String.join(" ", facts.hosts())).strip());
            }
        }
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    private static String expiry(Instant expires, Instant now) {
        String day = expires.toString().substring(0, "2026-01-01".length());
        return expires.isBefore(now)
                ? day + " (expired)"
                : "%s (%d days)".formatted(day, Duration.between(now, expires).toDays());
    }

    private static String word(CertificateFacts facts) {
        return facts.kind().name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> object(Shown shown) {
        CertificateFacts facts = shown.facts();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("file", shown.file().toString());
        object.put("for", word(facts));
        object.put("subject", facts.subject());
        facts.identity().ifPresent(identity -> {
            object.put("cluster", identity.cluster());
            object.put("node", identity.node());
        });
        object.put("hosts", facts.hosts());
        object.put("begins", facts.begins().toString());
        object.put("expires", facts.expires().toString());
        object.put("sha256", facts.fingerprint());
        return object;
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.toString().endsWith(".pem"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ConfigException("the folder %s cannot be read (%s).".formatted(path, Reason.of(e)), e);
        }
    }

    private static CertificateFacts facts(Path file) {
        try {
            return CertificateFacts.of(PemFiles.certificates(file).getFirst());
        } catch (IOException e) {
            throw new ConfigException("%s cannot be read (%s).".formatted(file, Reason.of(e)), e);
        }
    }
}
