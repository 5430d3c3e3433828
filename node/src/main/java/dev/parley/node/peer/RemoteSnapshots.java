package dev.parley.node.peer;

import dev.parley.node.peer.wire.CloseSnapshotRequest;
import dev.parley.node.peer.wire.OpenSnapshotRequest;
import dev.parley.node.peer.wire.PeerGrpc;
import dev.parley.node.peer.wire.ReadSnapshotRequest;
import dev.parley.node.peer.wire.SnapshotManifest;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotFetcher;
import dev.parley.raftstorage.SnapshotSession;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checkpoints of groups that other nodes lead, over their peer ports.
public final class RemoteSnapshots implements SnapshotFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteSnapshots.class);

    /// A checkpoint flushes and hashes the whole group first.
    private static final long OPEN_SECONDS = 300;

    private static final long READ_SECONDS = 30;

    private final PeerChannels channels;
    private final LongSupplier rateBytes;

    public RemoteSnapshots(PeerChannels channels) {
        this(channels, () -> 0);
    }

    /// Snapshots that come no faster than they may.
    ///
    /// @param rateBytes a second, as is allowed now; 0 for no limit
    public RemoteSnapshots(PeerChannels channels, LongSupplier rateBytes) {
        this.channels = channels;
        this.rateBytes = rateBytes;
    }

    @Override
    public SnapshotSession open(NodeId leader, GroupId group) throws SnapshotException {
        return open(leader, group, false);
    }

    /// Opens a checkpoint that holds all that was acknowledged before the call.
    public SnapshotSession openProven(NodeId leader, GroupId group) throws SnapshotException {
        return open(leader, group, true);
    }

    private SnapshotSession open(NodeId leader, GroupId group, boolean proven) throws SnapshotException {
        PeerGrpc.PeerBlockingStub stub = channels.blockingStub(leader);
        try {
            SnapshotManifest manifest = stub.withDeadlineAfter(OPEN_SECONDS, TimeUnit.SECONDS)
                    .openSnapshot(OpenSnapshotRequest.newBuilder()
                            .setGroup(group.name())
                            .setProven(proven)
                            .build());
            return new RemoteSession(stub, manifest, rateBytes);
        } catch (StatusRuntimeException e) {
            throw failure("no snapshot of " + group + " from " + leader, e);
        }
    }

    private static SnapshotException failure(String what, StatusRuntimeException e) {
        return new SnapshotException(what + ": " + PeerChannels.describe(Status.fromThrowable(e)), e);
    }

    private record RemoteSession(PeerGrpc.PeerBlockingStub stub, SnapshotManifest wire, LongSupplier rateBytes)
            implements SnapshotSession {

        @Override
        public Manifest manifest() {
            return new Manifest(
                    new GroupId(wire.getGroup()),
                    wire.getTerm(),
                    wire.getLogIndex(),
                    wire.getFilesList().stream()
                            .map(file -> new File(file.getName(), file.getBytes(), file.getSha256()))
                            .toList());
        }

        @Override
        public byte[] read(String file, long offset, int length) throws SnapshotException {
            try {
                byte[] content = stub.withDeadlineAfter(READ_SECONDS, TimeUnit.SECONDS)
                        .readSnapshot(ReadSnapshotRequest.newBuilder()
                                .setSnapshotId(wire.getSnapshotId())
                                .setFile(file)
                                .setOffset(offset)
                                .setLength(Math.min(length, SnapshotDesk.CHUNK_BYTES_MAX))
                                .build())
                        .getContent()
                        .toByteArray();
                pace(content.length);
                return content;
            } catch (StatusRuntimeException e) {
                throw failure("snapshot file " + file + " at " + offset + " could not be read", e);
            }
        }

        private void pace(int bytes) {
            long rate = rateBytes.getAsLong();
            if (rate > 0) {
                LockSupport.parkNanos(bytes * TimeUnit.SECONDS.toNanos(1) / rate);
            }
        }

        @Override
        public void close() {
            try {
                var _ = stub.withDeadlineAfter(READ_SECONDS, TimeUnit.SECONDS)
                        .closeSnapshot(CloseSnapshotRequest.newBuilder()
                                .setSnapshotId(wire.getSnapshotId())
                                .build());
            } catch (StatusRuntimeException e) {
                // The other side closes what is idle by itself.
                LOG.debug("snapshot not closed: id={} reason={}", wire.getSnapshotId(), e.getMessage());
            }
        }
    }
}
