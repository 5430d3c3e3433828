package dev.parley.node.backup;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Takes one backup: a checkpoint of each partition, one after the other, of which only the files are fetched
/// that the
/// repository does not have. The manifest comes last.
final class BackupCreate {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    /// Of one partition, each from a new checkpoint: a node may die, or lose its leadership.
    private static final int TRIES = 20;

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BackupSource source;
    private final BackupRepository repository;
    private final Settings settings;
    private final Progress progress;
    private final Clock clock;

    /// Files that this backup has stored or found.
    private final Set<String> stored = new HashSet<>();

    private long newBytes;

    /// How to take it.
    ///
    /// @param full whether to store again what other backups have stored
    /// @param rateBytes at most so many a second; 0 for no limit
    record Settings(boolean full, long rateBytes) {}

    BackupCreate(BackupSource source, BackupRepository repository, Settings settings, Progress progress, Clock clock) {
        this.source = source;
        this.repository = repository;
        this.settings = settings;
        this.progress = progress;
        this.clock = clock;
    }

    /// Takes it; the caller holds the repository's lock.
    ///
    /// @throws BackupException if a partition cannot be read, or the cluster is another one than the
    ///     repository's
    Manifest run() throws IOException {
        BackupSource.Overview overview = source.overview();
        Optional<Manifest> before = settings.full()
                ? Optional.empty()
                : repository.readableManifests().reversed().stream().findFirst();
        Instant started = clock.instant();
        List<Manifest.Group> groups = new ArrayList<>();
        for (String group : overview.groups()) {
            groups.add(withRetries(group));
        }
        Manifest manifest = new Manifest(
                Manifest.FORMAT,
                ID.format(started),
                started,
                clock.instant(),
                before.map(Manifest::id),
                overview.version(),
                overview.cluster(),
                groups,
                newBytes);
        repository.complete(manifest);
        return manifest;
    }

    private Manifest.Group withRetries(String group) {
        IOException last = new IOException("it was not tried");
        for (int tries = 0; tries < TRIES; tries++) {
            try {
                return take(group);
            } catch (StoreFailure e) {
                throw BackupException.failed("the repository cannot be written: " + e.getMessage() + ".", e);
            } catch (IOException e) {
                last = e;
                progress.say("%s: %s; trying again".formatted(group, e.getMessage()));
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        throw BackupException.failed(
                "partition %s cannot be read: %s. What was stored is used by the next backup."
                        .formatted(group, last.getMessage()),
                last);
    }

    private Manifest.Group take(String name) throws IOException {
        try (BackupSource.Checkpoint checkpoint = source.open(name)) {
            Manifest.Group group = checkpoint.group();
            progress.begin(name, group.bytes());
            List<Manifest.File> files = new ArrayList<>();
            long fetched = 0;
            for (Manifest.File offered : group.files()) {
                Manifest.File file = new Manifest.File(
                        offered.name(), offered.bytes(), offered.sha256(), repository.objectOf(offered.sha256()));
                files.add(file);
                if (isStored(file)) {
                    progress.advance(file.bytes());
                } else {
                    fetch(checkpoint, file);
                    fetched += file.bytes();
                }
                stored.add(file.object());
            }
            newBytes += fetched;
            progress.end("%s  %s, %s new, through entry %d"
                    .formatted(name, Progress.size(group.bytes()), Progress.size(fetched), group.logIndex()));
            return new Manifest.Group(name, group.node(), group.term(), group.logIndex(), files);
        }
    }

    private boolean isStored(Manifest.File file) throws IOException {
        return stored.contains(file.object()) || (!settings.full() && repository.holds(file.object()));
    }

    private void fetch(BackupSource.Checkpoint checkpoint, Manifest.File file) throws IOException {
        repository.put(file, out -> {
            long offset = 0;
            byte[] chunk = checkpoint.read(file.name(), offset);
            while (chunk.length > 0) {
                try {
                    out.write(chunk);
                } catch (IOException e) {
                    throw new StoreFailure(e);
                }
                offset += chunk.length;
                progress.advance(chunk.length);
                pace(chunk.length);
                chunk = checkpoint.read(file.name(), offset);
            }
        });
    }

    private void pace(int bytes) {
        if (settings.rateBytes() > 0) {
            LockSupport.parkNanos(bytes * TimeUnit.SECONDS.toNanos(1) / settings.rateBytes());
        }
    }

    /// The fault is on the repository's side: trying again is of no use.
    private static final class StoreFailure extends IOException {
        private static final long serialVersionUID = 1L;

        StoreFailure(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
