package dev.parley.node.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.node.cluster.ClusterAdmin;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.health.Readiness;
import dev.parley.node.placement.Partitioning;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// `GET /admin/v1/status`: what this node knows of the cluster, of itself and of its replicas.
final class StatusRoute {
    private final NodeConfig config;
    private final AdminPorts ports;
    private final Optional<ClusterAdmin> admin;
    private final String version;

    StatusRoute(NodeConfig config, AdminPorts ports, Optional<ClusterAdmin> admin, String version) {
        this.admin = admin;
        this.config = config;
        this.ports = ports;
        this.version = version;
    }

    void addTo(HttpRouting.Builder routing) {
        routing.get("/admin/v1/status", this::status);
    }

    private void status(ServerRequest request, ServerResponse response) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("cluster", cluster());
        body.set("node", node());
        ArrayNode partitions = body.putArray("partitions");
        for (GroupStatus group : ports.groups().get()) {
            if (group.group().equals(Partitioning.SYSTEM)) {
                body.set("system", partition(group));
            } else {
                partitions.add(partition(group));
            }
        }
        AdminAnswer.json(response, 200, body);
    }

    private ObjectNode cluster() {
        ObjectNode cluster = JsonNodeFactory.instance
                .objectNode()
                .put("name", config.cluster().name())
                .put("partitions", config.cluster().partitions());
        ArrayNode nodes = cluster.putArray("nodes");
        addresses().forEach((node, url) -> {
            boolean self = node.equals(config.node().id());
            nodes.addObject()
                    .put("id", node.value())
                    .put("httpUrl", url)
                    .put("reachable", self || ports.reachable().test(node));
        });
        return cluster;
    }

    /// Where clients reach each node.
    private Map<NodeId, String> addresses() {
        Map<NodeId, String> addresses = new TreeMap<>();
        if (admin.isPresent()) {
            admin.get()
                    .state()
                    .members()
                    .forEach(node -> addresses.put(node.id(), node.address().httpUrl()));
        } else {
            config.cluster()
                    .nodes()
                    .forEach(node -> addresses.put(node.id(), node.httpUrl().toString()));
        }
        return addresses;
    }

    private ObjectNode node() {
        Readiness.Verdict verdict = ports.readiness().verdict();
        Duration uptime = Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("id", config.node().id().value())
                .put("version", version)
                .put("uptimeSeconds", uptime.toSeconds())
                .put("ready", verdict.ready());
        verdict.reasons().forEach(node.putArray("reasons")::add);
        return node.put("sessions", ports.sessions().getAsInt());
    }

    private static ObjectNode partition(GroupStatus group) {
        ObjectNode partition = JsonNodeFactory.instance
                .objectNode()
                .put("group", group.group().name())
                .put("state", group.state().name())
                .put("reason", group.reason())
                .put("role", group.role().name())
                .put("ready", group.ready())
                .put("term", group.term())
                .put("leader", group.leader().map(NodeId::value).orElse(null));
        group.replicas().forEach(replica -> partition.withArray("replicas").add(replica.value()));
        partition
                .put("commitIndex", group.commitIndex())
                .put("appliedIndex", group.appliedIndex())
                .put("durableIndex", group.durableIndex());
        ArrayNode followers = partition.putArray("followers");
        group.followers()
                .forEach(follower -> followers
                        .addObject()
                        .put("node", follower.node().value())
                        .put("matchIndex", follower.matchIndex())
                        .put("silentMillis", follower.silentMillis()));
        return partition;
    }
}
