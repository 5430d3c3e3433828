package dev.parley.node.peer;

import dev.parley.node.delivery.DeliverySource;
import dev.parley.node.peer.wire.FollowReply;
import dev.parley.node.peer.wire.FollowRequest;
import dev.parley.raftstorage.NodeId;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.Optional;

/// The deliveries of partitions that other nodes lead, over their peer ports.
public final class RemoteDeliveries implements DeliverySource {
    private final PeerChannels channels;

    public RemoteDeliveries(PeerChannels channels) {
        this.channels = channels;
    }

    @Override
    public Stream open(NodeId leader, int partition, long afterNumber) throws Ended {
        return new RemoteStream(
                leader,
                FollowRequest.newBuilder()
                        .setPartition(partition)
                        .setAfterNumber(afterNumber)
                        .build());
    }

    private final class RemoteStream implements Stream {
        private final NodeId leader;
        private final Context.CancellableContext context = Context.current().withCancellation();
        private final Iterator<FollowReply> replies;
        private final long position;

        RemoteStream(NodeId leader, FollowRequest request) throws Ended {
            this.leader = leader;
            Context before = context.attach();
            try {
                // The blocking stub asks for one reply at a time: what is not read stays with the leader.
                this.replies = channels.blockingStub(leader).follow(request);
            } finally {
                context.detach(before);
            }
            FollowReply first = read();
            if (first.getKindCase() != FollowReply.KindCase.POSITION) {
                close();
                throw new Ended("the first reply of " + leader + " was no position", Optional.empty());
            }
            this.position = first.getPosition();
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public Batch next() throws Ended {
            while (true) {
                FollowReply reply = read();
                if (reply.getKindCase() == FollowReply.KindCase.BATCH) {
                    return new Batch(
                            RecordCodec.deliveries(reply.getBatch()),
                            reply.getBatch().getNotedThrough());
                }
            }
        }

        private FollowReply read() throws Ended {
            try {
                if (!replies.hasNext()) {
                    throw new Ended(leader + " ended the stream", Optional.empty());
                }
                FollowReply reply = replies.next();
                if (reply.getKindCase() == FollowReply.KindCase.NOT_LEADER) {
                    close();
                    throw new Ended(leader + " does not lead the partition", SubmitCodec.leader(reply.getNotLeader()));
                }
                return reply;
            } catch (StatusRuntimeException e) {
                throw new Ended(PeerChannels.describe(Status.fromThrowable(e)), Optional.empty());
            }
        }

        @Override
        public void close() {
            context.cancel(null);
        }
    }
}
