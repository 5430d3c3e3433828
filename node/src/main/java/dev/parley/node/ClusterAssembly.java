package dev.parley.node;

import dev.parley.node.cluster.ClusterFile;
import dev.parley.node.cluster.ClusterNews;
import dev.parley.node.cluster.ClusterOrders;
import dev.parley.node.cluster.ClusterView;
import dev.parley.node.cluster.CoordinatorLoop;
import dev.parley.node.cluster.Fleet;
import dev.parley.node.cluster.JoinDesk;
import dev.parley.node.cluster.LocalNode;
import dev.parley.node.config.ConfigException;
import dev.parley.node.config.DataDirectory;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.config.SecretFile;
import dev.parley.node.config.StartupException;
import dev.parley.node.peer.Founding;
import dev.parley.node.peer.JoinCall;
import dev.parley.node.peer.KnownPeers;
import dev.parley.node.peer.PeerChannels;
import dev.parley.node.peer.PeerServer;
import dev.parley.node.peer.RemoteDigests;
import dev.parley.node.peer.RemoteFleet;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.placement.Placement;
import dev.parley.node.scrub.LocalDigests;
import dev.parley.node.scrub.Scrubber;
import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.NodeEntry;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicaAdmin;
import dev.parley.raftstorage.ReplicatedGroups;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The part of a node that knows its cluster: what it begins with, how it comes in, what keeps it up to date.
final class ClusterAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterAssembly.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration JOIN_PATIENCE = Duration.ofMinutes(2);

    private final NodeConfig config;
    private final Node node;
    private final DataDirectory data;
    private final ClusterState founding;
    private final ClusterView view;
    private final NodeEntry own;

    /// What the parts of the node need of it.
    record Parts(Fleet fleet, ClusterOrders orders, ClusterNews news, Scrubber scrubber) {}

    /// Begins with what the node knew when it last ran, else with what its configuration says.
    ClusterAssembly(NodeConfig config, Node node, DataDirectory data) throws IOException {
        this.config = config;
        this.node = node;
        this.data = data;
        this.founding = founding(config);
        this.own = entry(config.self(), data.identity().createdAt().toString());
        ClusterFile file = ClusterFile.in(data.path());
        this.view = new ClusterView(config.node().id(), file.read().orElse(founding), file);
    }

    ClusterView view() {
        return view;
    }

    /// What the cluster is when it is founded by this configuration, the same on every node that has it.
    static ClusterState founding(NodeConfig config) {
        List<NodeEntry> nodes = config.cluster().nodes().stream()
                .map(node -> active(entry(node, "")))
                .toList();
        Placement placement = new Placement(
                new Partitioning(config.cluster().partitions()),
                nodes.stream().map(NodeEntry::id).toList(),
                config.cluster().replicas());
        Map<GroupId, List<NodeId>> groups = new HashMap<>();
        for (int partition = 0; partition < config.cluster().partitions(); partition++) {
            groups.put(Partitioning.group(partition), placement.replicas(partition));
        }
        groups.put(Partitioning.SYSTEM, placement.replicas(0));
        return new ClusterState(
                0,
                config.cluster().partitions(),
                config.cluster().wantedReplicas(),
                ClusterState.FEATURE_LEVEL,
                nodes,
                ClusterState.placements(groups),
                List.of(),
                List.of());
    }

    private static NodeEntry entry(NodeConfig.ClusterNode node, String incarnation) {
        return new NodeEntry(
                node.id(),
                new NodeEntry.Address(
                        node.host(),
                        node.raftPort(),
                        node.peerPort(),
                        node.httpUrl().toString()),
                node.zone().orElse(""),
                NodeEntry.State.JOINING,
                incarnation);
    }

    private static NodeEntry active(NodeEntry node) {
        return new NodeEntry(node.id(), node.address(), node.zone(), NodeEntry.State.ACTIVE, node.incarnation());
    }

    /// The other nodes' peer ports, as known now.
    List<PeerChannels.Address> addresses() {
        return view.state().members().stream()
                .filter(other -> !other.id().equals(view.self()))
                .map(other -> new PeerChannels.Address(
                        other.id(), other.address().host(), other.address().peerPort()))
                .toList();
    }

    /// Has channels follow the registry.
    void follow(PeerChannels peers, KnownPeers known) {
        view.onChange((before, now) -> {
            peers.meet(addresses());
            for (NodeEntry other : now.members()) {
                String was = before.node(other.id()).map(NodeEntry::incarnation).orElse("");
                if (!other.incarnation().isEmpty() && !other.incarnation().equals(was)) {
                    known.replace(other.id().value(), other.incarnation());
                }
            }
        });
    }

    /// Comes into the cluster with an empty data directory: founds it together with others, joins it with a
    /// token, or
    /// comes back without its data. Blocks for as long as that takes.
    ///
    /// @return whether replicas should be here that are not, and are brought back by the others
    boolean enter(PeerChannels peers) throws IOException {
        if (!data.founding()) {
            return false;
        }
        try {
            Optional<NodeConfig.Join> join = config.cluster().join();
            if (join.isPresent()) {
                join(peers, join.get());
                return !view.state().held(view.self()).isEmpty();
            }
            if (view.others().isEmpty()
                    || Founding.ask(peers, view.others(), node.closing()) == Founding.Verdict.MAY_FOUND) {
                return false;
            }
            LOG.warn("data directory is empty but the cluster knows this node: it joins anew: dir={}", data.path());
            hearOfCluster(peers);
            data.markFounded();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartupException("stopped while waiting for the other nodes", e);
        }
    }

    /// Asks the others for the state of the cluster, until one answers: placement may have changed since it was
    /// founded.
    private void hearOfCluster(PeerChannels peers) throws InterruptedException, IOException {
        do {
            for (NodeId other : view.others()) {
                RemoteFleet.newer(peers, other, view.state().version()).ifPresent(view::learn);
            }
        } while (view.state().version() == 0 && !node.closing().await(RETRY.toMillis(), TimeUnit.MILLISECONDS));
        peers.meet(addresses());
        view.keep();
    }

    private void join(PeerChannels peers, NodeConfig.Join join) throws InterruptedException, IOException {
        int colon = join.address().lastIndexOf(':');
        String host = join.address().substring(0, colon);
        int port = Integer.parseInt(join.address().substring(colon + 1));
        JoinDesk.Candidate candidate = new JoinDesk.Candidate(
                own, data.identity().clusterId(), token(join), config.cluster().partitions());
        long deadline = System.nanoTime() + JOIN_PATIENCE.toNanos();
        while (true) {
            switch (JoinCall.ask(peers, host, port, candidate)) {
                case JoinDesk.Reply.Welcome(ClusterState state) -> {
                    view.learn(state);
                    view.keep();
                    data.markFounded();
                    peers.meet(addresses());
                    LOG.info(
                            "node joined: node={} cluster={} nodes={}",
                            own.id(),
                            config.cluster().name(),
                            state.members().size());
                    return;
                }
                case JoinDesk.Reply.Refused(String why) ->
                    throw new StartupException(
                            "the node at %s does not let this one in: %s.".formatted(join.address(), why));
                case JoinDesk.Reply.Later(String why) -> {
                    LOG.info("node cannot join yet: asked={} reason={}", join.address(), why);
                    if (System.nanoTime() - deadline > 0) {
                        throw new StartupException("the node at %s did not let this one in within %d s: %s."
                                .formatted(join.address(), JOIN_PATIENCE.toSeconds(), why));
                    }
                }
            }
            if (node.closing().await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new InterruptedException("the node is shutting down");
            }
        }
    }

    private static String token(NodeConfig.Join join) {
        try {
            return SecretFile.token(join.tokenFile());
        } catch (ConfigException e) {
            throw new StartupException(
                    ("%s (cluster.join.token-file) holds no join token that only this user can read; "
                                    + "make one on a node of the cluster with `parley node token --out FILE`.")
                            .formatted(join.tokenFile()),
                    e);
        }
    }

    /// Makes the node one of the fleet.
    Parts start(
            ReplicatedGroups<ClusterAnswer> groups,
            ReplicaAdmin admin,
            LocalNode.Condition condition,
            LeaderBoard leaders,
            PeerChannels peers,
            PeerServer peerServer) {
        LocalNode local = new LocalNode(view, groups, admin, condition);
        Fleet fleet = new RemoteFleet(local, peers);
        ClusterOrders orders = new ClusterOrders(view, leaders, fleet);
        LocalDigests digests = new LocalDigests(groups);
        peerServer.serve(local, digests, new JoinDesk(data.identity().clusterId(), view, orders));
        ClusterNews news = new ClusterNews(view, leaders, fleet, orders, own);
        node.up("cluster-news", news::close);
        CoordinatorLoop coordinator = new CoordinatorLoop(view, leaders, fleet, orders, founding);
        node.up("coordinator", coordinator::close);
        Scrubber scrubber = new Scrubber(
                view.self(),
                leaders,
                groups,
                new RemoteDigests(view.self(), digests, peers),
                new Scrubber.Settings(
                        config.storage().scrubEvery(), (long) config.storage().scrubMbPerSecond() << 20));
        node.up("scrub", scrubber::close);
        return new Parts(fleet, orders, news, scrubber);
    }
}
