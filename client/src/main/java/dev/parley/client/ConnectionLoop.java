package dev.parley.client;

import dev.parley.client.SessionState.EndReason;
import dev.parley.client.socket.Closed;
import dev.parley.client.socket.UpgradeRefusedException;
import dev.parley.client.socket.WebSocketLink;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Problem;
import dev.parley.protocol.json.InvalidInput;
import dev.parley.protocol.json.RestJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the connections of a live session, one after another, until the session ends: connect, read, see how it
/// ended,
/// wait, next node. This thread reads the socket, and only it offers records to [RecordOrder].
final class ConnectionLoop {

    private static final Logger log = LoggerFactory.getLogger(ConnectionLoop.class);

    private static final String SUBPROTOCOL = "parley.v1";
    private static final int TERMINAL_FROM = 4500;
    private static final long GHOST_LIFE_NANOS = 60_000_000_000L;

    /// Over which clients spread their return when a node restarts or is overloaded.
    private static final Duration RESTART_SPREAD = Duration.ofSeconds(2);

    private final ClientOptions options;
    private final NodeCalls calls;
    private final LiveSession session;
    private final BackOff backOff;
    private int urlIndex;

    /// Set when an attempt was given up that a slow node may turn into a session all the same. Such a ghost,
    /// being
    /// newer,
    /// takes the place of the next real one: a close with 4009 soon after is its doing and no reason to stay
    /// away.
    private boolean ghostPossible;

    private long ghostUntilNanos;

    ConnectionLoop(ClientOptions options, NodeCalls calls, LiveSession session) {
        this.options = options;
        this.calls = calls;
        this.session = session;
        this.backOff =
                new BackOff(options.timing().backOffMin(), options.timing().backOffMax(), ThreadLocalRandom.current());
    }

    void run() {
        try {
            while (!session.hasEnded()) {
                After after = runOneConnection();
                switch (after) {
                    case After.Again(String reason, Duration pause) -> {
                        session.enter(new SessionState.Waiting(reason, pause));
                        session.pause(pause);
                    }
                    case After.Over(SessionState.Ended end) -> session.end(end);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("session ended: reason=defect", e);
            session.end(new SessionState.Ended(EndReason.REFUSED, "a defect of the client: " + e, Optional.empty()));
        }
    }

    /// What follows the end of a connection.
    private sealed interface After {
        record Again(String reason, Duration pause) implements After {}

        record Over(SessionState.Ended end) implements After {}
    }

    private After runOneConnection() {
        List<URI> urls = options.urls();
        URI base = urls.get(urlIndex % urls.size());
        session.enter(new SessionState.Connecting(base));
        Session known;
        try {
            known = calls.session();
        } catch (RefusedException e) {
            return e.problem().code().retryable() ? again(e.problem().detail()) : refused(e.problem());
        } catch (UnreachableException | OutcomeUnknownException e) {
            return again(String.valueOf(e.getMessage()));
        }
        try {
            WebSocketLink link = openLink(known, base, options.timing().connect());
            return read(link, base, known);
        } catch (UpgradeRefusedException e) {
            return upgradeRefused(e, known);
        } catch (ConnectException e) {
            return again("cannot connect to " + base + ": " + e.getMessage());
        } catch (IOException e) {
            noteGhost();
            return again("cannot connect to " + base + ": " + e.getMessage());
        }
    }

    static WebSocketLink openLink(Session session, URI base, Duration timeout) throws IOException {
        return WebSocketLink.open(session.webSocketAt(base), session.response().sessionToken(), SUBPROTOCOL, timeout);
    }

    private After read(WebSocketLink link, URI base, Session used) {
        Connection connection = new Connection(link, LiveSession.PENDING_MAX * 2);
        Incoming incoming = new Incoming(session, connection, calls, options, base);
        Closed closed;
        session.opened(connection);
        try {
            closed = connection.read(incoming);
        } finally {
            session.detach();
        }
        if (incoming.caughtUp()) {
            backOff.reset();
        }
        if (!incoming.greeted() && closed.code() == Closed.ABNORMAL) {
            noteGhost();
            return again("no hello from " + base + ": " + closed.reason());
        }
        if (closed.code() == CloseCode.TOKEN_EXPIRED.code()) {
            calls.forget(used);
        }
        return after(closed, incoming.drainWait());
    }

    private After after(Closed closed, Optional<Duration> drainWait) {
        int code = closed.code();
        String reason = closed.code() + (closed.reason().isEmpty() ? "" : " " + closed.reason());
        if (code == CloseCode.REPLACED.code() && !wasGhost()) {
            return new After.Over(new SessionState.Ended(
                    EndReason.REPLACED, "a newer session of this device took its place", Optional.empty()));
        }
        if (code == CloseCode.DEVICE_REVOKED.code() || code >= TERMINAL_FROM) {
            return new After.Over(new SessionState.Ended(
                    EndReason.REFUSED, "the server closed the session for good: " + reason, Optional.empty()));
        }
        if (drainWait.isPresent()) {
            urlIndex++;
            return new After.Again("the node is going down", drainWait.get());
        }
        if (code == CloseCode.RESTARTING.code() || code == CloseCode.TRY_AGAIN_LATER.code()) {
            urlIndex++;
            return new After.Again("closed with " + reason, spread(RESTART_SPREAD));
        }
        return again(code == Closed.ABNORMAL ? "connection lost: " + closed.reason() : "closed with " + reason);
    }

    private void noteGhost() {
        ghostPossible = true;
        ghostUntilNanos = System.nanoTime() + GHOST_LIFE_NANOS;
    }

    /// Whether a newer session of this device may be one that this client began and gave up; believed once for
    /// each.
    private boolean wasGhost() {
        boolean possible = ghostPossible && System.nanoTime() - ghostUntilNanos < 0;
        ghostPossible = false;
        return possible;
    }

    private After upgradeRefused(UpgradeRefusedException e, Session used) {
        Problem problem = problemOf(e);
        if (problem.code() == ErrorCode.TOKEN_EXPIRED || problem.code() == ErrorCode.TOKEN_INVALID) {
            calls.forget(used); // the next attempt bootstraps; if that is refused too, it is over
            return again(problem.detail());
        }
        return problem.code().retryable() || e.status() >= 500 ? again(problem.detail()) : refused(problem);
    }

    private static Problem problemOf(UpgradeRefusedException e) {
        try {
            return RestJson.decodeProblem(e.body().getBytes(StandardCharsets.UTF_8));
        } catch (InvalidInput notAProblem) {
            ErrorCode code = switch (e.status()) {
                case 401 -> ErrorCode.TOKEN_INVALID;
                case 403 -> ErrorCode.FORBIDDEN;
                case 404 -> ErrorCode.PATH_UNKNOWN;
                default -> ErrorCode.OVERLOADED;
            };
            return new Problem(code, String.valueOf(e.getMessage()), OptionalLong.empty(), "-", List.of());
        }
    }

    private After again(String reason) {
        urlIndex++;
        return new After.Again(reason, backOff.next());
    }

    private static After refused(Problem problem) {
        return new After.Over(new SessionState.Ended(EndReason.REFUSED, problem.detail(), Optional.of(problem)));
    }

    static Duration spread(Duration over) {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(over.toMillis() + 1));
    }
}
