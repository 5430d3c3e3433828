package dev.parley.node.session;

import dev.parley.chat.ChatCommand;
import dev.parley.node.auth.DeviceDirectory;
import dev.parley.node.delivery.TypingNotice;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.json.FrameJson;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Sessions without sockets over the real rules in memory, and a clock that the test moves.
final class SessionFixture implements AutoCloseable {
    static final Instant NEVER = Instant.parse("2100-01-01T00:00:00Z");

    final MemoryChat chat = new MemoryChat();
    final AtomicLong nanos = new AtomicLong(1);
    final AtomicLong wallMillis = new AtomicLong();
    final List<TypingNotice> typingElsewhere = new CopyOnWriteArrayList<>();
    final SessionRegistry registry = new SessionRegistry(
            MemoryChat.PARTITIONING.partitions(), new DeviceDirectory(chat), SessionListener.none());
    private final Typing typing = new Typing(chat, registry, typingElsewhere::add);
    private final SessionSettings settings;
    private final ThreadFactory threads = Worker.threads("session", Worker.Kind.VIRTUAL, Fault.logged());
    private final SessionServices services;

    SessionFixture(SessionSettings settings) {
        this.settings = settings;
        this.services = new SessionServices(
                chat,
                MemoryChat.PARTITIONING,
                registry.positions(),
                new RateLimits(RateLimits.Settings.off()),
                new SyncPermits(),
                typing,
                (_, _) -> {},
                new ReadReceipts(chat, Runnable::run),
                threads);
        chat.deliverTo(registry);
    }

    SessionFixture() {
        this(SessionSettings.defaults());
    }

    /// A live session and its client.
    record Connected(Session session, SessionRequests requests, RecordedSocket socket) {
        void send(ClientFrame frame) throws InterruptedException {
            requests.handle(FrameJson.encode(frame));
        }
    }

    Connected connect(String userId, String deviceId, RecordedSocket socket) {
        Session session = session(userId, deviceId, socket, NEVER);
        registry.register(session);
        return new Connected(session, new SessionRequests(session, settings, services), socket);
    }

    Session session(String userId, String deviceId, RecordedSocket socket, Instant expiresAt) {
        SessionIdentity identity = registry.open(userId, deviceId, wallMillis.get());
        Session session = new Session(
                identity,
                expiresAt,
                socket,
                new Session.Shared(settings, MemoryChat.PARTITIONING, threads, nanos::get));
        session.begin();
        return session;
    }

    /// Moves the clock.
    void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    /// Carries out a command that must not fail.
    void submit(ChatCommand command) throws Exception {
        chat.submit(command).get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        chat.close();
    }
}
