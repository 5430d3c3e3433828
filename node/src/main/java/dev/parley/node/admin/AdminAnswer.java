package dev.parley.node.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.Problem;
import dev.parley.protocol.json.RestJson;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends answers: JSON, or a problem object as on the client API. Nothing of it may be cached.
final class AdminAnswer {
    private static final Logger LOG = LoggerFactory.getLogger(AdminAnswer.class);

    private static final int UNAUTHORIZED = 401;

    private AdminAnswer() {}

    static void json(ServerResponse response, int status, JsonNode body) {
        bytes(response, status, "application/json", (body + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static void bytes(ServerResponse response, int status, String contentType, byte[] body) {
        response.status(Status.create(status))
                .header(HeaderNames.CONTENT_TYPE, contentType)
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .send(body);
    }

    static void problem(ServerRequest request, ServerResponse response, ProblemException failure) {
        Problem problem = failure.problem();
        if (problem.code().status() >= 500) {
            LOG.warn(
                    "admin call failed: traceId={} path={} code={}",
                    problem.traceId(),
                    request.path().path(),
                    problem.code().wire());
        }
        send(response, problem);
    }

    /// A defect of ours: the log has the stack trace, the caller its trace id.
    static void defect(ServerRequest request, ServerResponse response, Exception failure) {
        send(response, Problems.internal("admin call broke", failure));
    }

    private static void send(ServerResponse response, Problem problem) {
        if (problem.code().status() == UNAUTHORIZED) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        bytes(response, problem.code().status(), "application/problem+json", RestJson.encode(problem));
    }
}
