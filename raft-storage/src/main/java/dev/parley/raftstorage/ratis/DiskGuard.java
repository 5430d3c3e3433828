package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.StorageLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows whether there is room on the disk for further writes. Looks when told to, and answers from the last look.
final class DiskGuard {
    private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);

    private final StorageDisk disk;
    private final Path directory;
    private final StorageLimits limits;
    private volatile @Nullable String problem;

    DiskGuard(StorageDisk disk, Path directory, StorageLimits limits) {
        this.disk = disk;
        this.directory = directory;
        this.limits = limits;
        look();
    }

    /// Why nothing more may be written, if so.
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    void look() {
        String found;
        try {
            long free = disk.freeBytes(directory);
            long needed = Math.max(limits.freeBytesMin(), disk.totalBytes(directory) / 100 * limits.freePercentMin());
            found = free >= needed ? null : "disk nearly full: " + free + " bytes free, needed are " + needed;
        } catch (IOException e) {
            found = "disk does not answer: " + e.getMessage();
        }
        if ((found == null) != (problem == null)) {
            LOG.warn("disk guard changed: writable={} reason={}", found == null, found);
        }
        problem = found;
    }
}
