package dev.parley.cli.dev;

import dev.parley.cli.CommandFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;

/// The folder of a development cluster: a marker file tells what it was made with, so that it is never continued with
/// another shape by mistake and nothing else is ever wiped. Locked while in use: two clusters cannot share one folder.
final class DevFolder implements AutoCloseable {

    private static final String MARKER = "parley-dev.properties";
    private static final String LOCK = "parley-dev.lock";
    private static final int SECRET_BYTES = 32;

    /// A log that grew over this is set aside at the next start; the one before it is dropped.
    private static final long LOG_BYTES_MAX = 16L * 1024 * 1024;

    private final DevPlan plan;
    private final FileChannel lockFile;

    private DevFolder(DevPlan plan, FileChannel lockFile) {
        this.plan = plan;
        this.lockFile = lockFile;
    }

    /// Where data goes when `--data` is not given: a folder of this user.
    static Path defaultFolder() {
        String dataHome = System.getenv("XDG_DATA_HOME");
        return dataHome != null && !dataHome.isBlank()
                ? Path.of(dataHome, "parley", "dev")
                : Path.of(System.getProperty("user.home"), ".parley", "dev");
    }

    /// Takes the folder: makes it if there is none, and keeps every other `parley dev` out.
    ///
    /// @throws CommandFailed if the folder is another's, in use, or cannot be written
    static DevFolder open(DevPlan plan) {
        return told(plan, () -> {
            refuseForeign(plan.folder());
            Files.createDirectories(plan.folder());
            return new DevFolder(plan, lock(plan.folder()));
        });
    }

    /// Makes the folder ready for the plan: wiped if fresh, checked if it was there, with each node's configuration
    /// and the shared secret in place.
    ///
    /// @throws CommandFailed if it was made with another shape, or cannot be written
    void prepare(boolean fresh) {
        told(plan, () -> {
            if (fresh) {
                wipe(plan.folder());
            }
            checkMarker(plan);
            writeFiles(plan);
            return this;
        });
    }

    private static DevFolder told(DevPlan plan, FileWork work) {
        try {
            return work.run();
        } catch (AccessDeniedException e) {
            throw CommandFailed.mistake("no permission to write " + e.getFile() + ".");
        } catch (IOException e) {
            throw CommandFailed.mistake("cannot use the data folder " + plan.folder() + ": " + e.getMessage() + ".");
        }
    }

    @FunctionalInterface
    private interface FileWork {
        DevFolder run() throws IOException;
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release the lock of the data folder", e);
        }
    }

    /// A folder that holds something but no marker was not made by `parley dev`: it is neither used nor wiped.
    private static void refuseForeign(Path folder) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw CommandFailed.mistake(folder + " is a file, not a folder.");
        }
        if (!Files.isDirectory(folder) || Files.exists(folder.resolve(MARKER))) {
            return;
        }
        try (var entries = Files.list(folder)) {
            if (entries.anyMatch(entry -> !entry.endsWith(LOCK))) {
                throw CommandFailed.mistake(
                        folder + " holds other files and was not made by parley dev: give another folder with --data.");
            }
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            channel.close(); // held by this very process: in use all the same
        }
        if (lock == null) {
            channel.close();
            throw CommandFailed.mistake("another parley dev is using " + folder
                    + ": stop it, or start this one with another --data and --http-port.");
        }
        return channel;
    }

    private static void wipe(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.endsWith(LOCK)) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @org.jspecify.annotations.Nullable IOException e)
                    throws IOException {
                if (e != null) {
                    throw e;
                }
                if (!visited.equals(folder)) {
                    Files.delete(visited);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void checkMarker(DevPlan plan) throws IOException {
        Path marker = plan.folder().resolve(MARKER);
        Properties made = new Properties();
        if (!Files.exists(marker)) {
            made.setProperty("nodes", Integer.toString(plan.nodes()));
            made.setProperty("http-port", Integer.toString(plan.httpPort()));
            made.setProperty("partitions", Integer.toString(plan.partitions()));
            try (var out = Files.newBufferedWriter(marker)) {
                made.store(out, "What this parley dev folder was made with");
            }
            return;
        }
        try (var in = Files.newBufferedReader(marker)) {
            made.load(in);
        }
        requireSame(plan, made, "nodes", plan.nodes());
        requireSame(plan, made, "http-port", plan.httpPort());
        requireSame(plan, made, "partitions", plan.partitions());
    }

    private static void requireSame(DevPlan plan, Properties made, String name, int wanted) {
        String was = made.getProperty(name, "nothing");
        if (!was.equals(Integer.toString(wanted))) {
            throw CommandFailed.mistake("the data in " + plan.folder() + " was made with --" + name + " " + was
                    + ", not " + wanted + ": use that, give another --data, or start over with --fresh.");
        }
    }

    private static void writeFiles(DevPlan plan) throws IOException {
        Path secret = plan.secretFile();
        if (!Files.exists(secret)) {
            byte[] random = new byte[SECRET_BYTES];
            new SecureRandom().nextBytes(random);
            Files.createFile(
                    secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(secret, HexFormat.of().formatHex(random) + "\n");
        }
        for (DevPlan.DevNode node : plan.all()) {
            Path log = node.logFile();
            Files.createDirectories(node.folder().resolve("log"));
            Files.createDirectories(node.dataFolder());
            Files.writeString(node.configFile(), node.configYaml());
            if (Files.exists(log) && Files.size(log) > LOG_BYTES_MAX) {
                Files.move(log, log.resolveSibling("node.log.1"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
