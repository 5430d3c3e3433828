package dev.parley.client;

import dev.parley.client.SessionListener.Receipt;
import dev.parley.client.socket.FrameHandler;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Message;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Rest;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import dev.parley.protocol.json.InvalidInput;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What each frame of one connection does to the session. Runs on the connection's reading thread.
final class Incoming implements FrameHandler {

    private static final Logger log = LoggerFactory.getLogger(Incoming.class);

    /// A gap that this many resyncs did not fill calls for a new connection.
    private static final int FRUITLESS_ROUNDS_MAX = 3;

    /// How a problem names the conversation of a `sync.start` that it is about; the id follows.
    private static final String CURSOR_FIELD = "cursors.";

    private final LiveSession session;
    private final Connection connection;
    private final NodeCalls calls;
    private final ClientOptions options;
    private final URI base;
    private final SyncRounds rounds;
    private int fruitlessRounds;
    private volatile boolean caughtUp;
    private ServerFrame.@Nullable Hello hello;
    private volatile @Nullable Duration drainWait;

    Incoming(LiveSession session, Connection connection, NodeCalls calls, ClientOptions options, URI base) {
        this.session = session;
        this.connection = connection;
        this.calls = calls;
        this.options = options;
        this.base = base;
        this.rounds = new SyncRounds(session.order::cursor);
    }

    /// Whether the server said hello: the connection was a good one.
    boolean greeted() {
        return hello != null;
    }

    /// Whether what was missed has come: the next connection need not wait long. Without that a server that
    /// greets and then
    /// answers nonsense would be asked again and again without a pause.
    boolean caughtUp() {
        return caughtUp;
    }

    /// If the node announced that it goes down: how long to wait before the next connection.
    Optional<Duration> drainWait() {
        return Optional.ofNullable(drainWait);
    }

    @Override
    public void text(byte[] buffer, int offset, int length) {
        ServerFrame frame;
        try {
            frame = FrameJson.decodeServer(Arrays.copyOfRange(buffer, offset, offset + length));
        } catch (InvalidInput e) {
            if (e.unknownType().isEmpty()) {
                log.warn("connection dropped: reason=bad-frame detail={}", e.detail());
                connection.abort();
            }
            return; // a type of a newer server is not for this client
        }
        take(frame);
    }

    private void take(ServerFrame frame) {
        switch (frame) {
            case ServerFrame.Hello greeting -> greet(greeting);
            case ServerFrame.MessageAck ack -> acknowledged(ack);
            case ServerFrame.MessageNew(Message message) -> live(message);
            case ServerFrame.SyncBatch(String conversationId, List<Message> page) -> synced(conversationId, page);
            case ServerFrame.SyncDone done -> syncDone(done);
            case ServerFrame.SyncMark(long inboxVersion) -> mark(inboxVersion);
            case ServerFrame.ConversationUpdated update -> session.showing.updated(update);
            case ServerFrame.ReceiptDelivered receipt ->
                session.showing.receipt(new Receipt(
                        receipt.conversationId(),
                        receipt.userId(),
                        Receipt.Kind.DELIVERED,
                        receipt.deliveredThroughSeq()));
            case ServerFrame.ReceiptRead receipt ->
                session.showing.receipt(new Receipt(
                        receipt.conversationId(), receipt.userId(), Receipt.Kind.READ, receipt.readThroughSeq()));
            case ServerFrame.MemberTyping typing ->
                session.showing.typing(
                        new SessionListener.Typing(typing.conversationId(), typing.userId(), typing.active()));
            case ServerFrame.PresenceChanged changed -> session.showing.presence(changed.users());
            case ServerFrame.Drain drain -> drain(drain);
            case ServerFrame.Pong _ -> log.trace("pong");
            case ServerFrame.ErrorFrame error -> problem(error);
        }
    }

    private void greet(ServerFrame.Hello greeting) {
        hello = greeting;
        enterEpoch(greeting.epoch());
        session.attach(connection, rounds, Duration.ofSeconds(Math.max(1, greeting.heartbeatSeconds())));
        Thread.ofVirtual().name("parley-client-resume").start(this::resume);
    }

    /// If the server's data is of another epoch than before, the cluster was restored: positions mean nothing
    /// there, and
    /// everything is shown again.
    private void enterEpoch(String told) {
        if (session.epoch.filter(told::equals).isPresent()) {
            return;
        }
        if (session.epoch.isPresent()) {
            log.warn("all is synced anew: reason=other-epoch before={} now={}", session.epoch.get(), told);
            session.forgetListVersion();
            session.lock.lock();
            try {
                session.order.forget();
            } finally {
                session.lock.unlock();
            }
        }
        session.epoch = Optional.of(told);
        session.showing.epoch(told);
    }

    /// Asks for what was missed: what changed since the version that the device has, or since the list is read.
    /// Not on the
    /// reading thread, which must go on.
    private void resume() {
        OptionalLong known = session.listVersion();
        if (known.isPresent()) {
            want(List.of(), known.getAsLong());
            return;
        }
        ParleyClient.Listed list;
        try {
            list = ParleyClient.list(calls);
        } catch (ParleyException e) {
            log.info("connection dropped: reason=cannot-list-conversations detail={}", e.getMessage());
            connection.abort();
            return;
        }
        // What moved up in the list while it was read has changed since its first page.
        want(list.conversations(), list.inboxVersion());
    }

    private void want(List<Rest.ConversationSummary> conversations, long since) {
        boolean fromHead = options.newConversations() == ClientOptions.NewConversations.FROM_HEAD;
        Map<String, Long> begun = new HashMap<>();
        session.lock.lock();
        try {
            for (Rest.ConversationSummary known : conversations) {
                if (fromHead && !session.order.knows(known.conversationId())) {
                    begun.put(known.conversationId(), known.headSeq());
                }
                session.order.begin(known.conversationId(), fromHead ? known.headSeq() : 0);
            }
            rounds.want(conversations.stream()
                    .filter(known -> session.order.cursor(known.conversationId()) < known.headSeq())
                    .map(Rest.ConversationSummary::conversationId)
                    .toList());
            rounds.want(session.order.gapped());
            rounds.wantSince(since);
            rounds.next().ifPresent(connection::send);
        } finally {
            session.lock.unlock();
        }
        begun.forEach(session.showing::begun);
    }

    /// An acknowledgement carries the place of a message whose text this device has: it is a record like any
    /// other.
    private void acknowledged(ServerFrame.MessageAck ack) {
        Optional<PendingSend> send;
        List<Message> shown = List.of();
        session.lock.lock();
        try {
            send = session.sends.acknowledged(ack.clientMessageId());
            ServerFrame.Hello greeting = hello;
            if (send.isPresent() && greeting != null) {
                Message record = new Message(
                        ack.messageId(),
                        ack.conversationId(),
                        ack.conversationSeq(),
                        greeting.userId(),
                        ack.createdAt(),
                        send.get().frame.body());
                shown = session.order.live(record, System.nanoTime());
            }
            session.write(session.sends.due(System.nanoTime()));
            session.signalRoom();
        } finally {
            session.lock.unlock();
        }
        shown.forEach(session.showing::record);
        send.ifPresent(known -> session.complete(known, new SendOutcome.Acknowledged(ack)));
    }

    private void live(Message message) {
        List<Message> shown;
        session.lock.lock();
        try {
            shown = session.order.live(message, System.nanoTime());
        } finally {
            session.lock.unlock();
        }
        shown.forEach(session.showing::record);
    }

    private void synced(String conversationId, List<Message> page) {
        Optional<List<Message>> shown;
        session.lock.lock();
        try {
            shown = session.order.synced(
                    conversationId, page, userId(), rounds.isFirstPage(conversationId), System.nanoTime());
        } finally {
            session.lock.unlock();
        }
        if (shown.isEmpty()) {
            log.warn("connection dropped: reason=hole-in-sync conversation={}", conversationId);
            session.forgetListVersion();
            connection.abort();
            return;
        }
        shown.get().forEach(session.showing::record);
    }

    private void syncDone(ServerFrame.SyncDone done) {
        List<Message> shown = new ArrayList<>();
        boolean online;
        boolean sinceDone;
        boolean unknownVersion;
        session.lock.lock();
        try {
            if (!rounds.isCurrent(done.ref())) {
                return;
            }
            SyncRounds.Round ended = rounds.done();
            sinceDone = ended.since().isPresent();
            List<String> synced = sinceDone ? session.order.gapped() : List.copyOf(ended.conversationIds());
            synced.forEach(id -> shown.addAll(session.order.release(id, System.nanoTime())));
            List<String> gaps = synced.stream().filter(session.order::hasGap).toList();
            fruitlessRounds = gaps.isEmpty() ? 0 : fruitlessRounds + 1;
            unknownVersion =
                    sinceDone && !done.resumed() && session.listVersion().isPresent();
            rounds.next().ifPresent(connection::send);
            caughtUp |= sinceDone && !unknownVersion;
            online = caughtUp && rounds.isIdle() && gaps.isEmpty();
        } finally {
            session.lock.unlock();
        }
        shown.forEach(session.showing::record);
        if (unknownVersion) {
            log.info("list read anew: reason=version-unknown version={}", done.inboxVersion());
            session.forgetListVersion();
            Thread.ofVirtual().name("parley-client-resume").start(this::resume);
        } else if (fruitlessRounds > FRUITLESS_ROUNDS_MAX) {
            log.warn("connection dropped: reason=gap-not-filled rounds={}", fruitlessRounds);
            connection.abort();
        } else if (online) {
            if (sinceDone) {
                mark(done.inboxVersion());
            }
            session.online(connection, base);
        }
    }

    /// All that the list knew at this version was sent. While a record waits for one before it, not all is
    /// shown.
    private void mark(long inboxVersion) {
        boolean complete;
        session.lock.lock();
        try {
            complete = caughtUp && !session.order.hasGaps();
        } finally {
            session.lock.unlock();
        }
        if (complete) {
            session.reached(inboxVersion);
        }
    }

    private String userId() {
        ServerFrame.Hello greeting = hello;
        return greeting == null ? "" : greeting.userId();
    }

    private void problem(ServerFrame.ErrorFrame error) {
        if (error.clientMessageId().isEmpty()) {
            generalProblem(error);
            return;
        }
        Optional<PendingSend> send;
        session.lock.lock();
        try {
            send = session.sends.refused(error.clientMessageId().get(), error.problem(), System.nanoTime());
            session.write(session.sends.due(System.nanoTime()));
            session.signalRoom();
        } finally {
            session.lock.unlock();
        }
        send.ifPresent(known -> session.complete(
                known,
                known.inDoubt
                        ? new SendOutcome.Unknown(
                                "refused now, but an earlier attempt may have been carried out",
                                Optional.of(error.problem()))
                        : new SendOutcome.Refused(error.problem())));
    }

    /// A problem that is not the answer to a message.
    private void generalProblem(ServerFrame.ErrorFrame error) {
        Problem problem = error.problem();
        boolean aboutSync;
        List<Message> farewells = List.of();
        session.lock.lock();
        try {
            aboutSync = rounds.isCurrent(error.ref());
            if (aboutSync && problem.code() == ErrorCode.NOT_A_MEMBER) {
                farewells = farewells(problem);
            }
        } finally {
            session.lock.unlock();
        }
        log.info("server reported a problem: code={} detail={}", problem.code().wire(), problem.detail());
        farewells.forEach(session.showing::record);
        if (aboutSync && problem.code().retryable()) {
            connection.abort(); // without the sync there may be holes: the next connection tries again
        }
    }

    /// This user is out of the conversations that the problem names: what was missed there can never be had.
    private List<Message> farewells(Problem problem) {
        ServerFrame.Hello greeting = hello;
        if (greeting == null) {
            return List.of();
        }
        return problem.errors().stream()
                .map(Problem.FieldError::field)
                .filter(field -> field.startsWith(CURSOR_FIELD))
                .map(field -> field.substring(CURSOR_FIELD.length()))
                .flatMap(id -> session.order.leave(id, greeting.userId()).stream())
                .toList();
    }

    /// The node goes down: leave it at a moment within its window, with no hurry, and go to another.
    private void drain(ServerFrame.Drain drain) {
        Duration wait = ConnectionLoop.spread(Duration.ofSeconds(Math.max(0, drain.reconnectWithinSeconds())));
        drainWait = Duration.ZERO;
        log.info("node drains: node={} leavingInMs={}", base, wait.toMillis());
        Thread.ofVirtual().name("parley-client-drain").start(() -> {
            try {
                session.pause(wait);
                connection.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
