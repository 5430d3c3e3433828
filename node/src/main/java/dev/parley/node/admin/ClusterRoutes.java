package dev.parley.node.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.node.cluster.ClusterAdmin;
import dev.parley.node.cluster.ClusterAdmin.NotDoneException;
import dev.parley.node.system.ClusterCommand;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Nodes, placement and jobs of the cluster; the same at every node. What changes something leaves a line in
/// the log.
final class ClusterRoutes {
    private static final Logger AUDIT = LoggerFactory.getLogger(ClusterRoutes.class);
    private static final Duration TOKEN_LIFE = Duration.ofHours(1);
    private static final String NODE = "/admin/v1/cluster/nodes/{node}";
    private static final String GROUP = "/admin/v1/cluster/groups/{group}";

    private final ClusterAdmin cluster;

    ClusterRoutes(ClusterAdmin cluster) {
        this.cluster = cluster;
    }

    void addTo(HttpRouting.Builder routing) {
        routing.get(
                        "/admin/v1/cluster",
                        (_, response) -> AdminAnswer.json(response, 200, ClusterJson.of(cluster.picture())))
                .post("/admin/v1/cluster/join-tokens", this::token)
                .get("/admin/v1/cluster/plan", this::plan)
                .post(
                        "/admin/v1/cluster/rebalance",
                        (request, response) ->
                                job(request, response, "rebalance", () -> cluster.rebalance(rate(request))))
                .post("/admin/v1/cluster/job/{control}", this::control)
                .get(NODE + "/drain", this::evidence)
                .post(
                        NODE + "/drain",
                        (request, response) -> job(
                                request,
                                response,
                                "drain " + node(request),
                                () -> cluster.drain(node(request), rate(request))))
                .delete(NODE, this::remove)
                .post(
                        GROUP + "/move",
                        (request, response) -> job(
                                request,
                                response,
                                "move " + group(request),
                                () -> cluster.move(
                                        group(request),
                                        parameter(request, "from").orElseThrow(ClusterRoutes::fromMissing),
                                        parameter(request, "to"),
                                        rate(request))))
                .post(GROUP + "/leader/{node}", this::transfer);
    }

    private void token(ServerRequest request, ServerResponse response) {
        Duration life = AdminBody.of(request).ttl().orElse(TOKEN_LIFE);
        String token = carryOut(() -> cluster.token(life));
        AUDIT.info(
                "admin made join token: ttlSeconds={} peer={}",
                life.toSeconds(),
                request.remotePeer().host());
        AdminAnswer.json(
                response,
                200,
                JsonNodeFactory.instance.objectNode().put("token", token).put("ttlSeconds", life.toSeconds()));
    }

    private void plan(ServerRequest request, ServerResponse response) {
        AdminAnswer.json(response, 200, ClusterJson.plan(cluster.picture(), cluster.plan()));
    }

    private void control(ServerRequest request, ServerResponse response) {
        ClusterCommand.Control control = switch (request.path().pathParameters().get("control")) {
            case "pause" -> ClusterCommand.Control.PAUSE;
            case "resume" -> ClusterCommand.Control.RESUME;
            case "abort" -> ClusterCommand.Control.ABORT;
            default -> throw new ProblemException(ErrorCode.PATH_UNKNOWN, "A job can pause, resume or abort.");
        };
        job(request, response, control.name().toLowerCase(Locale.ROOT), () -> cluster.control(control));
    }

    private void evidence(ServerRequest request, ServerResponse response) {
        NodeId node = node(request);
        ClusterAdmin.Picture picture = cluster.picture();
        if (picture.state().node(node).isEmpty()) {
            throw new ProblemException(ErrorCode.PATH_UNKNOWN, "There is no node " + node + ".");
        }
        List<String> reasons = ClusterAdmin.keepReasons(picture, node);
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("node", node.value())
                .put("held", picture.state().held(node).size())
                .put("safeToRemove", reasons.isEmpty());
        ArrayNode list = body.putArray("reasons");
        reasons.forEach(list::add);
        AdminAnswer.json(response, 200, body);
    }

    private void remove(ServerRequest request, ServerResponse response) {
        NodeId node = node(request);
        long done = carryOut(() -> {
            cluster.remove(node);
            return 0L;
        });
        AUDIT.info(
                "admin removed node: node={} peer={}",
                node,
                request.remotePeer().host());
        AdminAnswer.json(response, 200, JsonNodeFactory.instance.objectNode().put("job", done));
    }

    private void transfer(ServerRequest request, ServerResponse response) {
        NodeId node = node(request);
        GroupId group = group(request);
        long done = carryOut(() -> {
            cluster.transferLeader(group, node);
            return 0L;
        });
        AUDIT.info(
                "admin moved leader: group={} to={} peer={}",
                group,
                node,
                request.remotePeer().host());
        AdminAnswer.json(response, 200, JsonNodeFactory.instance.objectNode().put("job", done));
    }

    static void job(ServerRequest request, ServerResponse response, String what, Order<Long> order) {
        long job = carryOut(order);
        AUDIT.info(
                "admin ordered: what={} job={} peer={}",
                what,
                job,
                request.remotePeer().host());
        AdminAnswer.json(response, 200, JsonNodeFactory.instance.objectNode().put("job", job));
    }

    private static <T> T carryOut(Order<T> order) {
        try {
            return order.give();
        } catch (NotDoneException e) {
            throw new ProblemException(e.refused() ? ErrorCode.FORBIDDEN : ErrorCode.NO_LEADER, e.getMessage() + ".");
        }
    }

    private static ProblemException fromMissing() {
        return ProblemException.invalidField("from", "must name the node that gives the replica up");
    }

    static long rate(ServerRequest request) {
        String text = request.query().first("rate").asOptional().orElse("0");
        if (!text.matches("[0-9]{1,6}")) {
            throw ProblemException.invalidField("rate", "must be megabytes a second, a whole number");
        }
        return Long.parseLong(text) << 20;
    }

    private static Optional<NodeId> parameter(ServerRequest request, String name) {
        return request.query().first(name).asOptional().map(ClusterRoutes::nodeId);
    }

    static NodeId node(ServerRequest request) {
        return nodeId(request.path().pathParameters().get("node"));
    }

    private static NodeId nodeId(String text) {
        try {
            return new NodeId(text);
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalidField("node", "must be a node's id");
        }
    }

    private GroupId group(ServerRequest request) {
        return group(cluster, request);
    }

    static GroupId group(ClusterAdmin cluster, ServerRequest request) {
        String name = request.path().pathParameters().get("group");
        return cluster.state().placement().keySet().stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ProblemException(ErrorCode.PATH_UNKNOWN, "There is no group " + name + "."));
    }

    @FunctionalInterface
    interface Order<T> {
        T give() throws NotDoneException;
    }
}
