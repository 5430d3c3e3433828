package dev.parley.node.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.node.health.NodeMetrics;
import dev.parley.node.health.Readiness;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/// `/livez`, `/readyz` and `/metrics`.
final class HealthRoutes {
    private final Readiness readiness;
    private final NodeMetrics metrics;

    HealthRoutes(Readiness readiness, NodeMetrics metrics) {
        this.readiness = readiness;
        this.metrics = metrics;
    }

    void addTo(HttpRouting.Builder routing) {
        routing.get("/livez", HealthRoutes::live).get("/readyz", this::ready).get("/metrics", this::metrics);
    }

    /// That it answers is the answer: a node that is not ready must not be restarted for it.
    private static void live(ServerRequest request, ServerResponse response) {
        AdminAnswer.json(response, 200, JsonNodeFactory.instance.objectNode().put("live", true));
    }

    private void ready(ServerRequest request, ServerResponse response) {
        Readiness.Verdict verdict = readiness.verdict();
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("ready", verdict.ready());
        verdict.reasons().forEach(body.putArray("reasons")::add);
        AdminAnswer.json(response, verdict.ready() ? 200 : 503, body);
    }

    private void metrics(ServerRequest request, ServerResponse response) {
        AdminAnswer.bytes(response, 200, NodeMetrics.CONTENT_TYPE, metrics.print());
    }
}
