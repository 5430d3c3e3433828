package dev.parley.node.backup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.node.config.ConfigFile;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.config.SecretFile;
import dev.parley.node.tables.PartitionCounts;
import dev.parley.raftstorage.rocks.RocksRuntime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `parley backup create|list|verify|restore|prune`.
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description = "Backs up a cluster, and makes a new cluster of a backup.")
public final class BackupCommand implements Runnable {
    private static final int FAILED = 1;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "A command is needed: create, list, verify, restore or prune.");
    }

    @Command(
            name = "create",
            description = "Backs up the cluster while it runs; stores what the repository does not have yet.",
            mixinStandardHelpOptions = true)
    int create(
            @Mixin RepositoryOptions options,
            @Option(
                            names = "--admin",
                            paramLabel = "URL",
                            defaultValue = "http://127.0.0.1:9080",
                            description = "The admin port of any node (default ${DEFAULT-VALUE}).")
                    URI admin,
            @Option(
                            names = "--admin-token-file",
                            paramLabel = "FILE",
                            description =
                                    "A file with the admin token, if the node wants one; else PARLEY_ADMIN_TOKEN.")
                    Optional<Path> tokenFile,
            @Option(names = "--full", description = "Stores everything again, also what is there.") boolean full,
            @Option(
                            names = "--rate",
                            defaultValue = "0",
                            paramLabel = "MB/s",
                            description = "At most so much a second; 0.5 will do, and 0 is no limit.")
                    double rate,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json)
            throws IOException {
        if (admin.getHost() == null || !List.of("http", "https").contains(String.valueOf(admin.getScheme()))) {
            throw BackupException.mistake("\"%s\" is no URL like http://127.0.0.1:9080.".formatted(admin));
        }
        Optional<String> token = tokenFile
                .map(SecretFile::token)
                .or(() ->
                        Optional.ofNullable(System.getenv("PARLEY_ADMIN_TOKEN")).filter(value -> !value.isBlank()));
        BackupCipher cipher = options.cipher();
        BackupStore store = options.store();
        PrintWriter out = spec.commandLine().getOut();
        try (AdminSource source = new AdminSource(admin, token);
                BackupStore.Lock _ = lock(store)) {
            BackupSource.Overview _ = source.overview(); // so that a wrong --admin leaves no repository behind
            BackupRepository repository = BackupRepository.openOrCreate(store, cipher);
            Manifest manifest = new BackupCreate(
                            source,
                            repository,
                            new BackupCreate.Settings(full, (long) (rate * (1 << 20))),
                            Progress.on(out, json),
                            Clock.systemUTC())
                    .run();
            if (json) {
                out.println(ManifestJson.summary(manifest));
            } else {
                out.println("backup %s is complete: %s, %s of them new"
                        .formatted(manifest.id(), Progress.size(manifest.bytes()), Progress.size(manifest.newBytes())));
            }
        }
        return 0;
    }

    @Command(name = "list", description = "Lists the complete backups.", mixinStandardHelpOptions = true)
    int list(
            @Mixin RepositoryOptions options,
            @Option(names = "--json", description = "Prints JSON for programs.") boolean json)
            throws IOException {
        BackupRepository repository = options.open();
        PrintWriter out = spec.commandLine().getOut();
        ArrayNode list = ManifestJson.JSON.createArrayNode();
        List<String> damaged = new ArrayList<>();
        if (!json) {
            out.println("BACKUP               KIND         CLUSTER           PARTITIONS       SIZE        NEW");
        }
        for (String id : repository.ids()) {
            try {
                Manifest manifest = repository.manifest(id);
                list.add(ManifestJson.summary(manifest));
                if (!json) {
                    out.println("%-20s %-12s %-16s %11d %10s %10s"
                            .formatted(
                                    id,
                                    manifest.parent().isEmpty() ? "full" : "incremental",
                                    manifest.cluster().name(),
                                    manifest.cluster().partitions(),
                                    Progress.size(manifest.bytes()),
                                    Progress.size(manifest.newBytes())));
                }
            } catch (BackupException e) {
                damaged.add(e.getMessage());
            }
        }
        if (json) {
            out.println(list);
        }
        if (!damaged.isEmpty()) {
            throw BackupException.failed(String.join(" ", damaged));
        }
        return 0;
    }

    @Command(
            name = "verify",
            description = "Reads a backup back: decrypts and checks every file, opens every partition, counts.",
            mixinStandardHelpOptions = true)
    int verify(
            @Mixin RepositoryOptions options,
            @Parameters(arity = "0..1", paramLabel = "BACKUP", description = "Which (default the newest).")
                    Optional<String> id,
            @Option(names = "--all", description = "All backups.") boolean all,
            @Option(
                            names = "--temp",
                            paramLabel = "DIR",
                            description = "Where there is room for the largest partition (default the system's).")
                    Optional<Path> temp,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json)
            throws IOException {
        BackupRepository repository = options.open();
        PrintWriter out = spec.commandLine().getOut();
        Progress progress = Progress.on(out, json);
        List<String> ids = all ? repository.ids() : List.of(choose(repository, id));
        ArrayNode results = ManifestJson.JSON.createArrayNode();
        int damages = 0;
        for (String each : ids) {
            progress.say("backup " + each);
            ObjectNode result = results.addObject().put("id", each);
            ArrayNode damagedFiles = result.putArray("damages");
            List<String> found = verify(repository, each, temp, progress, result);
            found.forEach(damagedFiles::add);
            damages += found.size();
            result.put("sound", found.isEmpty());
            found.forEach(damage -> progress.say("damaged: " + damage));
        }
        if (json) {
            out.println(results);
        } else {
            out.println(
                    damages == 0 ? "all is well" : "%d damages; these backups cannot be restored".formatted(damages));
        }
        return damages == 0 ? 0 : FAILED;
    }

    private static List<String> verify(
            BackupRepository repository, String id, Optional<Path> temp, Progress progress, ObjectNode result)
            throws IOException {
        Manifest manifest;
        try {
            manifest = repository.manifest(id);
        } catch (BackupException e) {
            return List.of(e.getMessage());
        }
        List<String> damages = new ArrayList<>();
        PartitionCounts counts = PartitionCounts.NONE;
        Path folder = temp.isPresent()
                ? Files.createTempDirectory(temp.get(), "parley-verify-")
                : Files.createTempDirectory("parley-verify-");
        try (RocksRuntime runtime = new RocksRuntime(RocksRuntime.Sizes.DEFAULT)) {
            BackupCheck check = new BackupCheck(repository, progress, runtime);
            for (Manifest.Group group : manifest.groups()) {
                Path directory = folder.resolve(group.name());
                BackupCheck.Finding finding = check.unpack(manifest, group, directory);
                damages.addAll(finding.damages());
                counts = counts.plus(finding.counts());
                BackupRestore.deleteTree(directory);
            }
        } finally {
            BackupRestore.deleteTree(folder);
        }
        count(result, counts);
        return damages;
    }

    @Command(
            name = "restore",
            description = "Makes of a backup the first node of a new cluster; the node must not run yet.",
            mixinStandardHelpOptions = true)
    int restore(
            @Mixin RepositoryOptions options,
            @Parameters(arity = "0..1", paramLabel = "BACKUP", description = "Which (default the newest).")
                    Optional<String> id,
            @Option(
                            names = "--config",
                            required = true,
                            paramLabel = "FILE",
                            description = "The new node's settings: an empty data directory, a secret file that is not"
                                    + " there yet.")
                    Path file,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json)
            throws IOException {
        NodeConfig config = ConfigFile.load(file, System.getenv()).config();
        BackupRepository repository = options.open();
        PrintWriter out = spec.commandLine().getOut();
        Manifest manifest = repository.manifest(choose(repository, id));
        PartitionCounts counts =
                new BackupRestore(repository, Progress.on(out, json), config).run(manifest, Clock.systemUTC());
        if (json) {
            ObjectNode result = ManifestJson.JSON
                    .createObjectNode()
                    .put("id", manifest.id())
                    .put("dataDir", config.node().dataDir().toString());
            count(result, counts);
            out.println(result);
        } else {
            out.println("restored %d conversations with %d records and %d users to %s"
                    .formatted(
                            counts.conversations(),
                            counts.records(),
                            counts.users(),
                            config.node().dataDir()));
            out.println("the new cluster's secret is in %s; start the node with: parley node --config %s"
                    .formatted(config.cluster().secretFile(), file));
        }
        return 0;
    }

    @Command(
            name = "prune",
            description = "Forgets old backups, and deletes what no complete backup needs.",
            mixinStandardHelpOptions = true)
    int prune(
            @Mixin RepositoryOptions options,
            @Option(names = "--keep", required = true, paramLabel = "N", description = "So many of the newest stay.")
                    int keep,
            @Option(names = "--yes", description = "Does not ask.") boolean yes,
            @Option(names = "--json", description = "Prints one JSON object; needs --yes.") boolean json)
            throws IOException {
        if (keep < 1) {
            throw BackupException.mistake("--keep must be 1 or more.");
        }
        if (json && !yes) {
            throw BackupException.mistake("--json needs --yes: nobody is there to be asked.");
        }
        BackupRepository repository = options.open();
        PrintWriter out = spec.commandLine().getOut();
        try (BackupStore.Lock _ = repository.store().lock()) {
            BackupPrune prune = new BackupPrune(repository);
            BackupPrune.Plan plan = prune.plan(keep);
            long drafts = repository.store().sweep();
            if (!json) {
                plan.backups().forEach(backup -> out.println("forgets backup " + backup));
                out.println("deletes %d files that no other backup needs: %s"
                        .formatted(plan.objects().size(), Progress.size(plan.bytes())));
            }
            if (!plan.isNothing() && !yes && !confirmed(out)) {
                out.println("nothing was deleted");
                return FAILED;
            }
            prune.carryOut(plan);
            if (json) {
                ObjectNode result = ManifestJson.JSON.createObjectNode();
                ArrayNode backups = result.putArray("backups");
                plan.backups().forEach(backups::add);
                out.println(result.put("files", plan.objects().size()).put("bytes", plan.bytes() + drafts));
            }
        }
        return 0;
    }

    private static BackupStore.Lock lock(BackupStore store) throws IOException {
        try {
            return store.lock();
        } catch (java.nio.file.FileSystemException e) {
            throw BackupException.failed("the repository cannot be written: " + e.getMessage() + ".", e);
        }
    }

    private static String choose(BackupRepository repository, Optional<String> id) throws IOException {
        if (id.isPresent()) {
            return id.get();
        }
        return repository
                .newest()
                .orElseThrow(() -> BackupException.failed("the repository holds no complete backup."));
    }

    private static void count(ObjectNode json, PartitionCounts counts) {
        json.put("conversations", counts.conversations())
                .put("records", counts.records())
                .put("users", counts.users());
    }

    private static boolean confirmed(PrintWriter out) throws IOException {
        out.print("delete them? [y/N] ");
        out.flush();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String answer = in.readLine();
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    }
}
