package dev.parley.node.peer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.google.protobuf.UnsafeByteOperations;
import dev.parley.node.gate.ProvenSnapshot;
import dev.parley.node.peer.wire.ReadSnapshotReply;
import dev.parley.node.peer.wire.ReadSnapshotRequest;
import dev.parley.node.peer.wire.SnapshotFile;
import dev.parley.node.peer.wire.SnapshotManifest;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Checkpoints that other nodes are reading. A forgotten one is closed, since it pins disk space.
final class SnapshotDesk {

    /// Open at once; the longest unused is closed for one more.
    private static final int OPEN_MAX = 8;

    private static final Duration IDLE_MAX = Duration.ofMinutes(1);

    /// Bytes of one chunk, well under gRPC's 4 MB.
    static final int CHUNK_BYTES_MAX = 1 << 20;

    private final ReplicatedGroups<?> groups;
    private final Cache<String, SnapshotSession> open = Caffeine.newBuilder()
            .maximumSize(OPEN_MAX)
            .expireAfterAccess(IDLE_MAX)
            .scheduler(Scheduler.systemScheduler())
            .executor(Runnable::run)
            .removalListener((@Nullable String _, @Nullable SnapshotSession session, RemovalCause _) -> {
                if (session != null) {
                    session.close();
                }
            })
            .build();

    SnapshotDesk(ReplicatedGroups<?> groups) {
        this.groups = groups;
    }

    /// Opens a checkpoint.
    ///
    /// @param proven only if this node proves that it still leads
    SnapshotManifest open(GroupId group, boolean proven) throws SnapshotException {
        SnapshotSession session = proven ? ProvenSnapshot.open(groups, group) : groups.openSnapshot(group);
        String id = UUID.randomUUID().toString();
        open.put(id, session);
        SnapshotManifest.Builder manifest = SnapshotManifest.newBuilder()
                .setSnapshotId(id)
                .setGroup(group.name())
                .setTerm(session.manifest().term())
                .setLogIndex(session.manifest().logIndex());
        session.manifest()
                .files()
                .forEach(file -> manifest.addFiles(SnapshotFile.newBuilder()
                        .setName(file.name())
                        .setBytes(file.bytes())
                        .setSha256(file.sha256())));
        return manifest.build();
    }

    ReadSnapshotReply read(ReadSnapshotRequest request) throws SnapshotException {
        SnapshotSession session = open.getIfPresent(request.getSnapshotId());
        if (session == null) {
            throw new SnapshotException("snapshot " + request.getSnapshotId() + " is no longer open");
        }
        int length = Math.clamp(request.getLength(), 0, CHUNK_BYTES_MAX);
        byte[] content = session.read(request.getFile(), request.getOffset(), length);
        return ReadSnapshotReply.newBuilder()
                .setContent(UnsafeByteOperations.unsafeWrap(content))
                .build();
    }

    void close(String snapshotId) {
        open.invalidate(snapshotId);
    }

    void closeAll() {
        open.invalidateAll();
        open.cleanUp();
    }
}
