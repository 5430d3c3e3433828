package dev.parley.node.peer;

import dev.parley.node.delivery.TypingNotice;
import dev.parley.node.peer.wire.TypingBatch;
import dev.parley.node.peer.wire.TypingReply;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells all other nodes who is writing, without waiting; a node that cannot be reached learns nothing.
public final class RemoteTyping {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteTyping.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final PeerChannels peers;
    private final Map<NodeId, OneWayLane<TypingNotice>> lanes = new ConcurrentHashMap<>();
    private final Runnable onDrop;

    /// @param onDrop called for each notice that a node is too slow for
    public RemoteTyping(PeerChannels peers, Runnable onDrop) {
        this.peers = peers;
        this.onDrop = onDrop;
    }

    public void tell(TypingNotice notice) {
        peers.others()
                .forEach(node -> lanes.computeIfAbsent(node, to -> new OneWayLane<>(batch -> send(to, batch), onDrop))
                        .add(notice));
    }

    private CompletableFuture<Boolean> send(NodeId node, List<TypingNotice> batch) {
        TypingBatch.Builder request = TypingBatch.newBuilder();
        batch.forEach(notice -> request.addNotices(dev.parley.node.peer.wire.TypingNotice.newBuilder()
                .setConversationId(notice.conversationId())
                .setUserId(notice.userId())
                .setActive(notice.active())
                .addAllRecipientIds(notice.recipientIds())));
        PeerChannels.Call<TypingReply, Boolean> call = new PeerChannels.Call<>(_ -> true, status -> {
            LOG.debug(
                    "typing not told: node={} notices={} reason={}", node, batch.size(), PeerChannels.describe(status));
            return false;
        });
        peers.stub(node, PATIENCE).typing(request.build(), call);
        return call.answer();
    }

    static List<TypingNotice> notices(TypingBatch batch) {
        return batch.getNoticesList().stream()
                .map(notice -> new TypingNotice(
                        notice.getConversationId(),
                        notice.getUserId(),
                        notice.getActive(),
                        notice.getRecipientIdsList()))
                .toList();
    }
}
