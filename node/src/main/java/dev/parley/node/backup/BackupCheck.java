package dev.parley.node.backup;

import dev.parley.node.tables.PartitionCounts;
import dev.parley.raftstorage.rocks.AppliedPosition;
import dev.parley.raftstorage.rocks.RocksRuntime;
import dev.parley.raftstorage.rocks.RocksTables;
import dev.parley.raftstorage.rocks.TablesException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Reads partitions of a backup back, and opens them.
final class BackupCheck {
    private static final int BUFFER_BYTES = 256 << 10;

    private final BackupRepository repository;
    private final Progress progress;
    private final RocksRuntime runtime;

    BackupCheck(BackupRepository repository, Progress progress, RocksRuntime runtime) {
        this.repository = repository;
        this.progress = progress;
        this.runtime = runtime;
    }

    /// What is wrong with a partition, and what is in it.
    ///
    /// @param damages one line each, naming the file; empty if all is well
    /// @param counts nothing if it could not be opened
    record Finding(String group, List<String> damages, PartitionCounts counts) {
        Finding {
            damages = List.copyOf(damages);
        }
    }

    /// Writes a partition's files to a directory that does not exist yet, checks each, and opens the whole.
    Finding unpack(Manifest manifest, Manifest.Group group, Path directory) throws IOException {
        Files.createDirectories(directory);
        progress.begin(group.name(), group.bytes());
        List<String> damages = new ArrayList<>();
        for (Manifest.File file : group.files()) {
            try (FileChannel channel = FileChannel.open(
                            directory.resolve(file.name()), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES)) {
                repository.get(file, out);
                out.flush();
                channel.force(true);
            } catch (BackupRepository.DamagedObjectException e) {
                damages.add("%s of %s in backup %s: %s: %s"
                        .formatted(file.name(), group.name(), manifest.id(), file.object(), BackupException.reason(e)));
            }
            progress.advance(file.bytes());
        }
        PartitionCounts counts = PartitionCounts.NONE;
        if (damages.isEmpty()) {
            counts = open(manifest, group, directory, damages);
        }
        progress.end(
                damages.isEmpty()
                        ? "%s  %s, %d conversations, %d records, %d users"
                                .formatted(
                                        group.name(),
                                        Progress.size(group.bytes()),
                                        counts.conversations(),
                                        counts.records(),
                                        counts.users())
                        : group.name() + "  damaged");
        return new Finding(group.name(), damages, counts);
    }

    private PartitionCounts open(Manifest manifest, Manifest.Group group, Path directory, List<String> damages) {
        try (RocksTables tables = RocksTables.open(runtime, directory)) {
            AppliedPosition position = tables.durable();
            if (position.term() != group.term() || position.logIndex() != group.logIndex()) {
                damages.add("%s in backup %s: holds entry %d of term %d, the manifest says %d of term %d"
                        .formatted(
                                group.name(),
                                manifest.id(),
                                position.logIndex(),
                                position.term(),
                                group.logIndex(),
                                group.term()));
            }
            PartitionCounts counts = PartitionCounts.of(tables.newest());
            counts.complaint()
                    .ifPresent(what -> damages.add("%s in backup %s: %s".formatted(group.name(), manifest.id(), what)));
            return counts;
        } catch (TablesException | IllegalStateException e) {
            damages.add("%s in backup %s cannot be opened: %s".formatted(group.name(), manifest.id(), e.getMessage()));
            return PartitionCounts.NONE;
        }
    }
}
