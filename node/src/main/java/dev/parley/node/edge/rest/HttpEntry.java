package dev.parley.node.edge.rest;

import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Problem;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportRequest;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Between Helidon and [RestCalls]: reads requests, writes replies, and answers in problem objects what Helidon refuses
/// before any routing, such as a broken request line.
public final class HttpEntry implements Handler, DirectHandler {
    /// More is cut off by Helidon without reading; up to it a body that is too large is read and answered in peace.
    public static final int BODY_BYTES_READ_MAX = 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(HttpEntry.class);
    private static final String BEARER = "Bearer ";
    private static final int QUERY_PARAMETERS_MAX = 32;

    private final RestCalls calls;

    public HttpEntry(RestCalls calls) {
        this.calls = calls;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        String method = request.prologue().method().text();
        boolean head = method.equals("HEAD");
        Reply reply;
        try {
            List<String> path = Routes.segments(request.path().rawPath()).stream()
                    .map(segment -> decoded(segment.replace("+", "%2B")))
                    .toList();
            reply = calls.answer(head ? "GET" : method, path, placeholders -> call(request, placeholders));
        } catch (ProblemException e) {
            reply = Reply.problem(e.problem());
        }
        response.status(Status.create(reply.status()));
        reply.headers().forEach(response::header);
        if (!reply.contentType().isEmpty()) {
            response.header(HeaderNames.CONTENT_TYPE, reply.contentType());
        }
        if (head) {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(reply.body().length));
            response.send();
        } else {
            response.send(reply.body());
        }
        if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("the client asked for it"); // Helidon only says so in the response
        }
    }

    /// What Helidon itself refuses, and what it did not expect.
    @Override
    public TransportResponse handle(
            TransportRequest request,
            EventType eventType,
            Status defaultStatus,
            ServerResponseHeaders responseHeaders,
            String message) {
        Reply reply = Reply.problem(
                switch (eventType) {
                    case PAYLOAD_TOO_LARGE -> Call.tooLarge().problem();
                    case BAD_REQUEST, HTTP_VERSION_NOT_SUPPORTED ->
                        defaultStatus.code() == ErrorCode.TOO_LARGE.status()
                                ? Call.tooLarge().problem()
                                : Problems.of(ErrorCode.MALFORMED, "The request is no proper HTTP/1.1.");
                    case FORBIDDEN -> Problems.of(ErrorCode.FORBIDDEN, "The request is not allowed.");
                    case INTERNAL_ERROR, OTHER -> unexpected(defaultStatus);
                });
        TransportResponse.Builder response = TransportResponse.builder()
                .status(Status.create(reply.status()))
                .keepAlive(false)
                .header(HeaderNames.CONTENT_TYPE, reply.contentType())
                .entity(reply.body());
        return response.build();
    }

    /// Helidon logs the exception itself; this line gives it the trace id.
    private static Problem unexpected(Status status) {
        Problem problem = Problems.of(ErrorCode.INTERNAL, "Something is broken on the server. Try again later.");
        LOG.warn("request failed: traceId={} status={}", problem.traceId(), status.code());
        return problem;
    }

    private static Call call(ServerRequest request, Map<String, String> placeholders) {
        ServerRequestHeaders headers = request.headers();
        return new Call(
                placeholders,
                query(request.query().rawValue()),
                header(headers, HeaderNames.AUTHORIZATION)
                        .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                        .map(value -> value.substring(BEARER.length()).strip()),
                header(headers, HeaderNames.HOST).orElse(""),
                request.remotePeer().host(),
                body(request));
    }

    private static Optional<String> header(ServerRequestHeaders headers, HeaderName name) {
        return headers.contains(name) ? Optional.of(headers.get(name).get()) : Optional.empty();
    }

    private static byte[] body(ServerRequest request) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try {
            InputStream in = request.content().inputStream();
            byte[] body = in.readNBytes(Limits.FRAME_BYTES_MAX + 1);
            if (body.length > Limits.FRAME_BYTES_MAX) {
                throw Call.tooLarge();
            }
            return body;
        } catch (IOException _) {
            throw new ProblemException(ErrorCode.MALFORMED, "The request body ended too early.");
        }
    }

    private static Map<String, List<String>> query(String raw) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String pair : raw.isEmpty() ? new String[0] : raw.split("&", QUERY_PARAMETERS_MAX)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            parameters.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw new ProblemException(ErrorCode.MALFORMED, "The URL has a '%' that no two hexadecimal digits follow.");
        }
    }
}
