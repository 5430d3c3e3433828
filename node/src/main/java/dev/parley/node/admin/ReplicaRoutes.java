package dev.parley.node.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.node.cluster.ClusterAdmin;
import dev.parley.node.scrub.CheckResult;
import dev.parley.node.scrub.TablePlace;
import dev.parley.node.system.Facts;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.Optional;

/// Compares the replicas of a group, and throws one away that differs.
final class ReplicaRoutes {
    /// One answer compares for so long; the caller goes on from where it stopped.
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final AdminServer.Cluster cluster;

    ReplicaRoutes(AdminServer.Cluster cluster) {
        this.cluster = cluster;
    }

    void addTo(HttpRouting.Builder routing) {
        routing.post("/admin/v1/cluster/groups/{group}/verify", this::verify)
                .post(
                        "/admin/v1/cluster/groups/{group}/repair/{node}",
                        (request, response) -> ClusterRoutes.job(
                                request,
                                response,
                                "repair " + request.path().pathParameters().get("group"),
                                () -> cluster.admin()
                                        .repair(
                                                ClusterRoutes.group(cluster.admin(), request),
                                                ClusterRoutes.node(request),
                                                ClusterRoutes.rate(request))));
    }

    private void verify(ServerRequest request, ServerResponse response) {
        GroupId group = ClusterRoutes.group(cluster.admin(), request);
        ClusterAdmin.Picture picture = cluster.admin().picture();
        Facts.Led led = picture.facts()
                .leader(group)
                .orElseThrow(() -> new ProblemException(ErrorCode.NO_LEADER, group + " has no leader that answers."));
        AdminAnswer.json(response, 200, json(check(group, led, from(request)), led));
    }

    private CheckResult check(GroupId group, Facts.Led led, TablePlace from) {
        try {
            return cluster.scrubber().check(group, led.status().replicas(), from, LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(ErrorCode.NO_LEADER, "The node is shutting down.");
        }
    }

    private static TablePlace from(ServerRequest request) {
        Optional<String> from = request.query().first("from").asOptional();
        try {
            return from.map(TablePlace::parse).orElse(TablePlace.FIRST);
        } catch (IllegalArgumentException e) {
            throw ProblemException.invalidField("from", "must be what the last answer gave as next");
        }
    }

    /// @param led for the size of the whole, of which this is a part
    static ObjectNode json(CheckResult result, Facts.Led led) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("group", result.group().name())
                .put("rows", result.rows())
                .put("bytes", result.bytes())
                .put("bytesOnDisk", led.bytes())
                .put("equal", result.equal())
                .put("odd", result.odd().map(NodeId::value).orElse(null))
                .put("next", result.next().map(TablePlace::toString).orElse(null))
                .put("problem", result.problem());
        ArrayNode compared = json.putArray("compared");
        result.compared().forEach(node -> compared.add(node.value()));
        ArrayNode silent = json.putArray("silent");
        result.silent().forEach(node -> silent.add(node.value()));
        ArrayNode differences = json.putArray("differences");
        for (CheckResult.Difference difference : result.differences()) {
            ObjectNode one = differences
                    .addObject()
                    .put("from", difference.from().toString())
                    .put("to", difference.to().map(TablePlace::toString).orElse(null));
            ObjectNode digests = one.putObject("digests");
            difference.digests().forEach((node, digest) -> digests.put(node.value(), digest));
        }
        return json;
    }
}
