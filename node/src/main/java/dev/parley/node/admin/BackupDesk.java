package dev.parley.node.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotFetcher;
import dev.parley.raftstorage.SnapshotSession;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checkpoints that are being backed up, of groups that any node leads. A forgotten one is closed, since it
/// pins disk
/// space. Thread-safe.
public final class BackupDesk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackupDesk.class);

    /// Open at once; the longest unused is closed for one more.
    private static final int OPEN_MAX = 4;

    /// As long as other nodes keep theirs.
    private static final Duration IDLE_MAX = Duration.ofMinutes(1);

    private final Cluster cluster;
    private final Function<GroupId, List<NodeId>> candidates;
    private final SnapshotFetcher fetcher;
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

    /// What is backed up.
    ///
    /// @param id and `epoch`: which cluster, and which of its data, see `hello`
    public record Cluster(String name, String id, String epoch, int partitions) {}

    /// A desk without checkpoints.
    ///
    /// @param candidates the nodes that may lead a group, the likeliest first
    /// @param fetcher opens what holds all that was acknowledged before, on a node that leads; on this one too
    public BackupDesk(Cluster cluster, Function<GroupId, List<NodeId>> candidates, SnapshotFetcher fetcher) {
        this.cluster = cluster;
        this.candidates = candidates;
        this.fetcher = fetcher;
    }

    Cluster cluster() {
        return cluster;
    }

    /// Opens a checkpoint of a group, wherever it is led. Blocks.
    Opened open(GroupId group) throws SnapshotException {
        SnapshotException last = new SnapshotException("no node is known to hold " + group);
        for (NodeId node : candidates.apply(group)) {
            try {
                SnapshotSession session = fetcher.open(node, group);
                String id = UUID.randomUUID().toString();
                open.put(id, session);
                LOG.info(
                        "checkpoint opened for a backup: group={} node={} index={}",
                        group,
                        node,
                        session.manifest().logIndex());
                return new Opened(id, node, session.manifest());
            } catch (SnapshotException e) {
                LOG.debug("no checkpoint: group={} node={} reason={}", group, node, e.getMessage());
                last = e;
            }
        }
        throw last;
    }

    /// What was opened.
    record Opened(String id, NodeId node, SnapshotSession.Manifest manifest) {}

    /// Some bytes of a file; empty if the checkpoint is no longer open.
    Optional<byte[]> read(String id, String file, long offset, int length) throws SnapshotException {
        SnapshotSession session = open.getIfPresent(id);
        return session == null ? Optional.empty() : Optional.of(session.read(file, offset, length));
    }

    void close(String id) {
        open.invalidate(id);
    }

    @Override
    public void close() {
        open.invalidateAll();
        open.cleanUp();
    }
}
