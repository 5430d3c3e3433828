package dev.parley.node.peer;

import dev.parley.node.peer.wire.PresenceChanges;
import dev.parley.node.peer.wire.PresenceChangesReply;
import dev.parley.node.presence.PresenceLink;
import dev.parley.node.presence.PresenceReply;
import dev.parley.node.presence.PresenceReport;
import dev.parley.node.presence.PresenceState;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Presence on its way to other nodes.
public final class RemotePresence implements PresenceLink {
    private static final Logger LOG = LoggerFactory.getLogger(RemotePresence.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final PeerChannels peers;
    private final Map<NodeId, OneWayLane<PresenceState>> lanes = new ConcurrentHashMap<>();
    private final Runnable onDrop;

    /// @param onDrop called for each change that a node is too slow for
    public RemotePresence(PeerChannels peers, Runnable onDrop) {
        this.peers = peers;
        this.onDrop = onDrop;
    }

    @Override
    public CompletableFuture<Optional<PresenceReply>> report(NodeId leader, PresenceReport report) {
        PeerChannels.Call<dev.parley.node.peer.wire.PresenceReply, Optional<PresenceReply>> call =
                new PeerChannels.Call<>(reply -> Optional.of(PresenceCodec.reply(reply)), status -> {
                    LOG.debug("presence not told: leader={} reason={}", leader, PeerChannels.describe(status));
                    return Optional.empty();
                });
        peers.stub(leader, PATIENCE).reportPresence(PresenceCodec.report(report), call);
        return call.answer();
    }

    @Override
    public void push(NodeId gateway, List<PresenceState> changes) {
        if (peers.others().contains(gateway)) {
            OneWayLane<PresenceState> lane =
                    lanes.computeIfAbsent(gateway, to -> new OneWayLane<>(batch -> send(to, batch), onDrop));
            changes.forEach(lane::add);
        }
    }

    private CompletableFuture<Boolean> send(NodeId gateway, List<PresenceState> batch) {
        PresenceChanges.Builder changes = PresenceChanges.newBuilder();
        batch.forEach(state -> changes.addStates(PresenceCodec.state(state)));
        PeerChannels.Call<PresenceChangesReply, Boolean> call = new PeerChannels.Call<>(_ -> true, status -> {
            LOG.debug("presence not pushed: gateway={} reason={}", gateway, PeerChannels.describe(status));
            return false;
        });
        peers.stub(gateway, PATIENCE).pushPresence(changes.build(), call);
        return call.answer();
    }
}
