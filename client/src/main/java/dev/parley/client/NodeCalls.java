package dev.parley.client;

import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.ErrorCode.Effect;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.InvalidInput;
import dev.parley.protocol.json.RestJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The REST side of a client: asks one node and, when it does not answer or cannot serve, the next, until the
/// deadline. Blocks the calling thread; safe for several.
final class NodeCalls implements AutoCloseable {

    private final ClientOptions options;
    private final HttpClient http;
    private final AtomicInteger preferred = new AtomicInteger();

    private final ReentrantLock sessionLock = new ReentrantLock();
    private final Condition closing = sessionLock.newCondition();
    private @Nullable Session session;
    private boolean closed;

    /// @param http is not closed with this: clients may share it
    NodeCalls(ClientOptions options, HttpClient http) {
        this.options = options;
        this.http = http;
    }

    /// One call.
    ///
    /// @param path with its query, from `/v1` on
    /// @param body of the request; empty for none
    /// @param harmlessTwice whether a second execution changes nothing, so that a lost answer may be
    ///     asked for again
    record Call(String method, String path, Optional<byte[]> body, boolean harmlessTwice) {

        static Call get(String path) {
            return new Call("GET", path, Optional.empty(), true);
        }

        static Call post(String path, Rest.Body body) {
            return new Call("POST", path, Optional.of(RestJson.encode(body)), true);
        }

        Call onceOnly() {
            return new Call(method, path, body, false);
        }
    }

    /// Makes the call with the session's token, which is fetched first if there is none or it has expired.
    ///
    /// @throws ParleyException if it did not succeed
    <T> T call(Call call, Function<byte[], T> decode) {
        Session current = session();
        try {
            return callWith(current.response().sessionToken(), call, decode);
        } catch (RefusedException e) {
            if (e.code() != ErrorCode.TOKEN_EXPIRED && e.code() != ErrorCode.TOKEN_INVALID) {
                throw e;
            }
            forget(current);
            return callWith(session().response().sessionToken(), call, decode);
        }
    }

    /// The session, made by the first caller.
    Session session() {
        sessionLock.lock();
        try {
            Session known = session;
            if (known == null) {
                known = bootstrap();
                session = known;
            }
            return known;
        } finally {
            sessionLock.unlock();
        }
    }

    /// Gives up a session whose token is no longer taken, unless another thread did so already: the next caller
    /// makes a new one.
    void forget(Session stale) {
        sessionLock.lock();
        try {
            if (stale.equals(session)) {
                session = null;
            }
        } finally {
            sessionLock.unlock();
        }
    }

    @Override
    public void close() {
        sessionLock.lock();
        try {
            closed = true;
            closing.signalAll();
        } finally {
            sessionLock.unlock();
        }
    }

    private Session bootstrap() {
        Call call =
                Call.post("/v1/sessions/bootstrap", new Rest.BootstrapRequest(options.deviceId(), options.platform()));
        Rest.BootstrapResponse response =
                callWith(options.bearerToken().get(), call, RestJson::decodeBootstrapResponse);
        return new Session(preferredUrl(), response);
    }

    private URI preferredUrl() {
        List<URI> urls = options.urls();
        return urls.get(Math.floorMod(preferred.get(), urls.size()));
    }

    private <T> T callWith(String token, Call call, Function<byte[], T> decode) {
        long deadline = System.nanoTime() + options.timing().deadline().toNanos();
        BackOff backOff =
                new BackOff(options.timing().backOffMin(), options.timing().backOffMax(), ThreadLocalRandom.current());
        boolean inDoubt = false;
        while (true) {
            int asked = preferred.get();
            Attempt attempt = attempt(preferredUrl(), token, call);
            if (attempt.answer().isPresent()) {
                return decoded(attempt.answer().get(), decode);
            }
            ParleyException failure = attempt.failureOrThrow();
            inDoubt |= failure.effect() == Effect.UNKNOWN && !call.method().equals("GET");
            boolean final_ = !attempt.retryable() || (inDoubt && !call.harmlessTwice());
            Duration wait = attempt.retryAfter().orElseGet(backOff::next);
            if (final_ || System.nanoTime() + wait.toNanos() >= deadline) {
                throw inDoubt && failure.effect() == Effect.NONE
                        ? new OutcomeUnknownException(String.valueOf(failure.getMessage()), failure)
                        : failure;
            }
            preferred.compareAndSet(asked, asked + 1);
            pause(wait);
        }
    }

    private static <T> T decoded(byte[] answer, Function<byte[], T> decode) {
        try {
            return decode.apply(answer);
        } catch (InvalidInput e) {
            throw new OutcomeUnknownException("the node's answer is not of this protocol: " + e.detail(), e);
        }
    }

    private Attempt attempt(URI base, String token, Call call) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(call.path()))
                .timeout(options.timing().request())
                .header("Authorization", "Bearer " + token)
                .method(
                        call.method(),
                        call.body()
                                .map(HttpRequest.BodyPublishers::ofByteArray)
                                .orElseGet(HttpRequest.BodyPublishers::noBody));
        call.body().ifPresent(_ -> request.header("Content-Type", "application/json"));
        try {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return response.statusCode() / 100 == 2
                    ? Attempt.answered(response.body())
                    : Attempt.refused(problem(response));
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return Attempt.failed(new UnreachableException("no node answers at " + base, e));
        } catch (IOException e) {
            return Attempt.failed(
                    new OutcomeUnknownException("the connection to " + base + " broke: " + e.getMessage(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Attempt.interrupted(new OutcomeUnknownException("interrupted while waiting for " + base, e));
        }
    }

    /// What answered may be a proxy: then its status must say what a problem object would.
    private static Problem problem(HttpResponse<byte[]> response) {
        try {
            return RestJson.decodeProblem(response.body());
        } catch (InvalidInput e) {
            ErrorCode code = switch (response.statusCode()) {
                case 502, 503 -> ErrorCode.OVERLOADED;
                case 504 -> ErrorCode.OUTCOME_UNKNOWN;
                case 429 -> ErrorCode.RATE_LIMITED;
                case 401 -> ErrorCode.TOKEN_INVALID;
                case 404 -> ErrorCode.PATH_UNKNOWN;
                case 413 -> ErrorCode.TOO_LARGE;
                default -> response.statusCode() >= 500 ? ErrorCode.INTERNAL : ErrorCode.MALFORMED;
            };
            String detail = "HTTP " + response.statusCode() + " without a problem object from "
                    + response.uri().getAuthority();
            return new Problem(code, detail, OptionalLong.empty(), "-", List.of());
        }
    }

    /// Waits, but no longer than until this is closed.
    private void pause(Duration wait) {
        sessionLock.lock();
        try {
            long left = wait.toNanos();
            while (left > 0 && !closed) {
                left = closing.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sessionLock.unlock();
        }
        if (closed || Thread.currentThread().isInterrupted()) {
            throw new UnreachableException("the client was closed", new InterruptedException());
        }
    }

    /// What one request came to: an answer or a failure.
    private record Attempt(
            Optional<byte[]> answer,
            Optional<ParleyException> failure,
            boolean retryable,
            Optional<Duration> retryAfter) {

        static Attempt answered(byte[] body) {
            return new Attempt(Optional.of(body), Optional.empty(), false, Optional.empty());
        }

        static Attempt refused(Problem problem) {
            Optional<Duration> after = problem.retryAfterMillis().isPresent()
                    ? Optional.of(Duration.ofMillis(problem.retryAfterMillis().getAsLong()))
                    : Optional.empty();
            boolean retryable = problem.code().retryable();
            return new Attempt(Optional.empty(), Optional.of(new RefusedException(problem)), retryable, after);
        }

        static Attempt failed(ParleyException failure) {
            return new Attempt(Optional.empty(), Optional.of(failure), true, Optional.empty());
        }

        static Attempt interrupted(ParleyException failure) {
            return new Attempt(Optional.empty(), Optional.of(failure), false, Optional.empty());
        }

        ParleyException failureOrThrow() {
            return failure.orElseThrow(() -> new IllegalStateException("an answered attempt has no failure"));
        }
    }
}
