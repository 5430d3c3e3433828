package dev.parley.node.presence;

import dev.parley.node.gate.ChatGate;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.presence.PresenceReport.Seat;
import dev.parley.node.session.PresenceDesk;
import dev.parley.node.session.Session;
import dev.parley.node.session.SessionIdentity;
import dev.parley.node.session.SessionListener;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.protocol.ClientFrame.PresenceWatch;
import dev.parley.protocol.Rest.UserPresence;
import dev.parley.raftstorage.NodeId;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who is here, on one node: as the leader of some users' partitions, and as the gateway of some sessions.
/// Thread-safe.
public final class Presence implements SessionListener, PresenceDesk, PresenceHost, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);

    /// Changes gather for so long before leaders hear of them.
    private static final long TICK_MILLIS = 200;

    private static final int TICKS_PER_SWEEP = 5;
    private static final Duration STOP_MAX = Duration.ofSeconds(2);

    private final NodeId self;
    private final PresenceLink others;
    private volatile Consumer<List<String>> lapseListener = _ -> {};
    private final PresenceBoard board;
    private final Privacy privacy;
    private final Watches watches;
    private final PresenceReporter reporter;
    private final WatchRequests requests;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final AtomicReference<@Nullable Worker> worker = new AtomicReference<>();

    /// Where users live, and who leads.
    public record Place(NodeId self, Partitioning partitioning, LeaderBoard leaders) {}

    /// The clocks.
    ///
    /// @param nanos monotonic, for what lapses
    /// @param wall for what people read
    public record Time(LongSupplier nanos, Clock wall) {
        public static Time system() {
            return new Time(System::nanoTime, Clock.systemUTC());
        }
    }

    /// Nothing is told before [#start].
    public Presence(Place place, ChatGate gate, PresenceLink others, PresenceSettings settings, Time time) {
        this.self = place.self();
        this.others = others;
        this.privacy = new Privacy(gate);
        this.watches = new Watches(privacy);
        this.board = new PresenceBoard(place, settings, time, this::push);
        this.reporter =
                new PresenceReporter(place, new WithSelf(), settings, time.nanos(), watches::watched, this::tell);
        this.requests = new WatchRequests(gate, privacy, watches, reporter);
    }

    /// Tells leaders and lets lapse what is not repeated, from now on.
    public void start() {
        worker.set(Worker.start("presence", Worker.Kind.VIRTUAL, Fault.logged(), this::run));
    }

    @Override
    public void opened(SessionIdentity session) {
        reporter.opened(new Seat(session.userId(), session.sessionId()));
    }

    @Override
    public void closed(SessionIdentity session, boolean saidGoodbye) {
        reporter.closed(new Seat(session.userId(), session.sessionId()), saidGoodbye);
        watches.end(session.sessionId());
    }

    @Override
    public void watch(Session session, PresenceWatch watch) {
        requests.watch(session, watch);
    }

    /// One user as another may see it. Blocks for a leader's answer.
    public UserPresence look(String watcherId, String userId) {
        return requests.look(watcherId, userId);
    }

    @Override
    public PresenceReply report(PresenceReport report) {
        return board.report(report);
    }

    @Override
    public void hear(List<PresenceState> changes) {
        // Not only who is here may have changed, but also who may know.
        changes.forEach(change -> privacy.forget(change.userId()));
        tell(changes);
    }

    /// A user lets others see more or less than before. Never blocks; all gateways have heard of it in a
    /// moment.
    public void rulesChanged(String userId) {
        reporter.touched(userId);
    }

    private void tell(List<PresenceState> states) {
        List<PresenceState> watched = watches.take(states);
        List<String> secrets = watched.stream()
                .filter(PresenceState::tells)
                .map(PresenceState::userId)
                .toList();
        var _ = privacy.ready(secrets).thenRun(() -> watches.tell(watched));
    }

    /// Whether a user whose partition this node leads has a live session on any node; empty while that is not
    /// known.
    public Optional<Boolean> isOnline(String userId) {
        return board.state(userId).map(PresenceState::online);
    }

    /// Told from now on who went offline without a goodbye, of those whose partitions this node leads.
    public void onLapse(Consumer<List<String>> listener) {
        lapseListener = listener;
    }

    /// Users online, of those whose partitions this node leads.
    public int usersOnline() {
        return board.online();
    }

    /// One round of what is done again and again.
    CompletableFuture<Void> tick(boolean sweep) {
        CompletableFuture<Void> told = reporter.tick();
        // After the heartbeat: a process that stood still for a while must not let its own sessions lapse.
        if (sweep) {
            lapseListener.accept(board.sweep());
        }
        return told;
    }

    @Override
    public void close() {
        stopping.countDown();
        Worker started = worker.get();
        if (started != null) {
            started.stop(STOP_MAX);
        }
    }

    private void run() throws InterruptedException {
        for (int tick = 1; !stopping.await(TICK_MILLIS, TimeUnit.MILLISECONDS); tick++) {
            try {
                tick(tick % TICKS_PER_SWEEP == 0).get(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.debug("presence told late: reason=leaders-slow");
            } catch (ExecutionException | RuntimeException e) {
                LOG.error("presence not told", e);
            }
        }
    }

    private void push(NodeId gateway, List<PresenceState> changes) {
        if (gateway.equals(self)) {
            hear(changes);
        } else {
            others.push(gateway, changes);
        }
    }

    /// The other nodes, and this one without a detour.
    private final class WithSelf implements PresenceLink {
        @Override
        public CompletableFuture<Optional<PresenceReply>> report(NodeId leader, PresenceReport report) {
            return leader.equals(self)
                    ? CompletableFuture.completedFuture(Optional.of(board.report(report)))
                    : others.report(leader, report);
        }

        @Override
        public void push(NodeId gateway, List<PresenceState> changes) {
            Presence.this.push(gateway, changes);
        }
    }
}
