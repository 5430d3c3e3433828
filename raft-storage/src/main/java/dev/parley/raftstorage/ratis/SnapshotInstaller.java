package dev.parley.raftstorage.ratis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotFetcher;
import dev.parley.raftstorage.SnapshotSession;
import dev.parley.raftstorage.rocks.AppliedPosition;
import dev.parley.raftstorage.rocks.RocksRuntime;
import dev.parley.raftstorage.rocks.RocksTables;
import dev.parley.raftstorage.rocks.TablesException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches a leader's checkpoint into the directory beside the live tables, and does not touch those.
///
/// Every file is checked against the size and SHA-256 that the leader named, and the whole is opened once, before
/// the mark says that it is complete; files, directory and mark are on disk when [#stage] returns.
final class SnapshotInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotInstaller.class);
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int FILES_MAX = 100_000;

    /// A name from another node becomes a path here: nothing but plain file names.
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");

    private final GroupId group;
    private final GroupDirectories directories;
    private final RocksRuntime runtime;
    private final SnapshotFetcher fetcher;

    SnapshotInstaller(GroupId group, GroupDirectories directories, RocksRuntime runtime, SnapshotFetcher fetcher) {
        this.group = group;
        this.directories = directories;
        this.runtime = runtime;
        this.fetcher = fetcher;
    }

    /// Fetches, checks and marks. Blocks for as long as that takes.
    ///
    /// @param leastIndex the snapshot must reach at least so far, or the leader's log does not continue it
    /// @return what the snapshot holds
    AppliedPosition stage(NodeId leader, long leastIndex) throws SnapshotException {
        Path incoming = directories.incoming(group);
        try {
            DurableFiles.delete(directories.incomingComplete(group));
            DurableFiles.deleteTree(incoming);
            Files.createDirectories(incoming);
            SnapshotSession.Manifest manifest;
            try (SnapshotSession session = fetcher.open(leader, group)) {
                manifest = session.manifest();
                check(manifest, leastIndex);
                for (SnapshotSession.File file : manifest.files()) {
                    fetch(session, file, incoming.resolve(file.name()));
                }
            }
            DurableFiles.sync(incoming);
            AppliedPosition position = RocksTables.positionOf(runtime, incoming);
            if (position.logIndex() != manifest.logIndex() || position.term() != manifest.term()) {
                throw new SnapshotException("snapshot of " + group + " holds " + position + ", the leader said term "
                        + manifest.term() + " index " + manifest.logIndex());
            }
            DurableFiles.sync(incoming);
            DurableFiles.write(directories.incomingComplete(group), toMark(position));
            LOG.info(
                    "staged snapshot: group={} leader={} files={} index={}",
                    group,
                    leader,
                    manifest.files().size(),
                    position.logIndex());
            return position;
        } catch (IOException | TablesException e) {
            throw new SnapshotException("cannot stage a snapshot of " + group + " from " + leader, e);
        }
    }

    /// What the staged snapshot holds; nothing if there is no complete one.
    static AppliedPosition staged(GroupDirectories directories, GroupId group) throws IOException {
        Path mark = directories.incomingComplete(group);
        if (!Files.exists(mark)) {
            return AppliedPosition.NOTHING;
        }
        String[] fields = Files.readString(mark, US_ASCII).trim().split(" ", -1);
        try {
            return new AppliedPosition(Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IOException("mark of a staged snapshot is unreadable: " + mark, e);
        }
    }

    private static byte[] toMark(AppliedPosition position) {
        return (position.term() + " " + position.logIndex() + " " + position.epochMillis() + "\n").getBytes(US_ASCII);
    }

    private void check(SnapshotSession.Manifest manifest, long leastIndex) throws SnapshotException {
        if (!manifest.group().equals(group)) {
            throw new SnapshotException("snapshot of " + manifest.group() + " offered for " + group);
        }
        if (manifest.logIndex() < leastIndex) {
            throw new SnapshotException(
                    "snapshot of " + group + " reaches " + manifest.logIndex() + ", needed is " + leastIndex);
        }
        if (manifest.files().isEmpty() || manifest.files().size() > FILES_MAX) {
            throw new SnapshotException(
                    "snapshot of " + group + " has " + manifest.files().size() + " files");
        }
        for (SnapshotSession.File file : manifest.files()) {
            if (!FILE_NAME.matcher(file.name()).matches()) {
                throw new SnapshotException("snapshot of " + group + " has a file named " + file.name());
            }
        }
    }

    private void fetch(SnapshotSession session, SnapshotSession.File file, Path target)
            throws SnapshotException, IOException {
        MessageDigest digest = sha256();
        long offset = 0;
        try (FileChannel out = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] chunk = session.read(file.name(), offset, CHUNK_BYTES);
            while (chunk.length > 0 && offset + chunk.length <= file.bytes()) {
                digest.update(chunk);
                ByteBuffer buffer = ByteBuffer.wrap(chunk);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                offset += chunk.length;
                chunk = session.read(file.name(), offset, CHUNK_BYTES);
            }
            out.force(true);
            if (chunk.length > 0 || offset != file.bytes()) {
                throw new SnapshotException("file " + file.name() + " of " + group + " has not the " + file.bytes()
                        + " bytes that were announced");
            }
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
            throw new SnapshotException("file " + file.name() + " of " + group + " does not match its checksum");
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
