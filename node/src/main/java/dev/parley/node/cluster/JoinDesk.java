package dev.parley.node.cluster;

import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.ClusterCommand;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.JoinToken;
import dev.parley.node.system.NodeEntry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes nodes in that come with a token. Blocks.
public final class JoinDesk {
    private static final Logger LOG = LoggerFactory.getLogger(JoinDesk.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final String clusterId;
    private final ClusterView view;
    private final ClusterOrders orders;

    public JoinDesk(String clusterId, ClusterView view, ClusterOrders orders) {
        this.clusterId = clusterId;
        this.view = view;
        this.orders = orders;
    }

    /// Who wants in.
    public record Candidate(NodeEntry node, String clusterId, String token, int partitions) {}

    /// What became of it.
    public sealed interface Reply {
        record Welcome(ClusterState state) implements Reply {}

        /// For good, with one sentence for the administrator of the candidate.
        record Refused(String why) implements Reply {}

        /// For now.
        record Later(String why) implements Reply {}
    }

    public Reply ask(Candidate candidate) {
        Reply reply = decide(candidate);
        LOG.info(
                "node asks to join: node={} answer={}",
                candidate.node().id(),
                reply.getClass().getSimpleName());
        return reply;
    }

    private Reply decide(Candidate candidate) {
        if (!candidate.clusterId().equals(clusterId)) {
            return new Reply.Refused("this is another cluster; compare cluster.name and cluster.secret-file");
        }
        int partitions = view.state().partitions();
        if (candidate.partitions() != partitions) {
            return new Reply.Refused(
                    "the cluster has %d partitions; set cluster.partitions: %d".formatted(partitions, partitions));
        }
        try {
            return switch (orders.order(
                    new ClusterCommand.Join(candidate.node(), JoinToken.hash(candidate.token())), LIMIT)) {
                case ClusterAnswer.Done _ -> new Reply.Welcome(newest(candidate));
                case ClusterAnswer.Refused(String why) -> new Reply.Refused(why);
            };
        } catch (ClusterOrders.NoLeaderException e) {
            return new Reply.Later("the system group has no leader");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply.Later("the node is shutting down");
        }
    }

    /// The state with the candidate in it, whether this node has heard of that yet or not.
    private ClusterState newest(Candidate candidate) {
        ClusterState state = view.state();
        if (state.node(candidate.node().id()).isPresent()) {
            return state;
        }
        var nodes = new java.util.ArrayList<>(state.nodes());
        nodes.add(candidate.node());
        return new ClusterState(
                state.version(),
                state.partitions(),
                state.replication(),
                state.featureLevel(),
                nodes,
                state.placement(),
                state.jobs(),
                state.tokens());
    }
}
