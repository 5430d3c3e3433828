package dev.parley.node;

import dev.parley.node.cluster.ClusterView;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.config.StartupException;
import dev.parley.node.health.NodeMetrics;
import dev.parley.node.health.TlsMetrics;
import dev.parley.node.peer.PeerTls;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.NodeEntry;
import dev.parley.node.tls.ClientPortTls;
import dev.parley.node.tls.KeyMaterial;
import dev.parley.node.tls.KeyWatch;
import dev.parley.node.tls.Membership;
import dev.parley.node.tls.NodeTrust;
import dev.parley.node.tls.Refusals;
import dev.parley.node.tls.ReloadableKeys;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ratis.RaftTls;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;

/// The keys of this node's ports, read when it starts and again when their files change.
final class TlsAssembly {
    private final String cluster;
    private final Map<String, ReloadableKeys> keys = new TreeMap<>();
    private final TlsMetrics metrics;

    TlsAssembly(NodeConfig config, Node node, NodeMetrics metrics) {
        this.cluster = config.cluster().name();
        this.metrics = new TlsMetrics(metrics, this::expiry);
        config.cluster().tls().ifPresent(tls -> keys.put("cluster", read(tls.files())));
        config.http().tls().ifPresent(tls -> keys.put("http", read(tls.files())));
        if (!keys.isEmpty()) {
            KeyWatch watch = new KeyWatch(keys, KeyWatch.EVERY, this.metrics::reloaded);
            node.up("key-watch", watch::close);
        }
    }

    private static ReloadableKeys read(KeyMaterial.Files files) {
        try {
            return new ReloadableKeys(files);
        } catch (IOException e) {
            throw new StartupException("certificates cannot be read: " + e.getMessage(), e);
        }
    }

    private Map<String, Double> expiry() {
        Map<String, Double> expiry = new TreeMap<>();
        keys.forEach((use, loaded) ->
                expiry.put(use, (double) loaded.material().expires().getEpochSecond()));
        return expiry;
    }

    /// What the client port shows.
    Optional<SSLContext> clientPort() {
        return Optional.ofNullable(keys.get("http")).map(ClientPortTls::context);
    }

    /// What peer ports show each other.
    Optional<PeerTls> peers(ClusterView view) {
        return Optional.ofNullable(keys.get("cluster"))
                .map(loaded -> PeerTls.of(loaded, trust(loaded, view, Refusals.Port.PEER)));
    }

    /// What replicas show each other.
    Optional<RaftTls> raft(ClusterView view) {
        return Optional.ofNullable(keys.get("cluster")).map(loaded -> {
            NodeTrust trust = trust(loaded, view, Refusals.Port.RAFT);
            return new RaftTls(
                    loaded,
                    trust,
                    certificate -> trust.judge(certificate, false).map(Enum::name));
        });
    }

    private NodeTrust trust(ReloadableKeys loaded, ClusterView view, Refusals.Port port) {
        return new NodeTrust(
                cluster, loaded, new Members(view), new Refusals(port, metrics::refused, System::nanoTime));
    }

    /// The cluster as this node knows it.
    private record Members(ClusterView view) implements Membership {
        @Override
        public Standing standing(String node) {
            Optional<NodeEntry> known = view.state().node(new NodeId(node));
            if (known.isEmpty()) {
                return Standing.UNKNOWN;
            }
            return known.get().state() == NodeEntry.State.REMOVED ? Standing.REMOVED : Standing.MEMBER;
        }

        @Override
        public Optional<String> at(String host, int port) {
            ClusterState state = view.state();
            return state.members().stream()
                    .filter(node -> node.address().host().equals(host)
                            && (node.address().peerPort() == port
                                    || node.address().raftPort() == port))
                    .map(node -> node.id().value())
                    .findFirst();
        }
    }
}
