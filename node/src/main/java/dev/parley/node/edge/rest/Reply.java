package dev.parley.node.edge.rest;

import dev.parley.protocol.Problem;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.util.LinkedHashMap;
import java.util.Map;

/// The answer to a [Call].
///
/// @param contentType empty if there is no body
/// @param headers further headers
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Reply(int status, String contentType, byte[] body, Map<String, String> headers) {
    private static final String JSON = "application/json";
    private static final String PROBLEM_JSON = "application/problem+json";
    private static final int MILLIS_PER_SECOND = 1_000;
    private static final int UNAUTHORIZED = 401;

    static Reply ok(Rest.Body body) {
        return of(200, body);
    }

    static Reply created(Rest.Body body) {
        return of(201, body);
    }

    static Reply accepted(Rest.Body body) {
        return of(202, body);
    }

    static Reply noContent() {
        return new Reply(204, "", new byte[0], Map.of());
    }

    static Reply document(String contentType, byte[] body) {
        return new Reply(200, contentType, body, Map.of());
    }

    /// A problem, with the headers that HTTP wants beside it.
    public static Reply problem(Problem problem) {
        Map<String, String> headers = new LinkedHashMap<>();
        problem.retryAfterMillis().ifPresent(millis -> headers.put("Retry-After", seconds(millis)));
        if (problem.code().status() == UNAUTHORIZED) {
            headers.put("WWW-Authenticate", "Bearer");
        }
        return new Reply(problem.code().status(), PROBLEM_JSON, RestJson.encode(problem), headers);
    }

    Reply with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Reply(status, contentType, body, more);
    }

    private static String seconds(long millis) {
        return Long.toString(Math.ceilDiv(millis, MILLIS_PER_SECOND));
    }

    private static Reply of(int status, Rest.Body body) {
        return new Reply(status, JSON, RestJson.encode(body), Map.of());
    }
}
