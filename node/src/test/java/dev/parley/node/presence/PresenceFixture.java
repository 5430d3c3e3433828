package dev.parley.node.presence;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.AccountSettings.PresenceVisibility;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.Ids;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.session.MemoryChat;
import dev.parley.node.session.RecordedSocket;
import dev.parley.node.session.Session;
import dev.parley.node.session.SessionIdentity;
import dev.parley.node.session.SessionSettings;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.protocol.ClientFrame.PresenceWatch;
import dev.parley.protocol.ServerFrame;
import dev.parley.raftstorage.NodeId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// Three nodes in memory that hear each other at once, over the real rules, with a clock that the test moves.
final class PresenceFixture implements AutoCloseable {
    static final Duration HEARTBEAT = Duration.ofSeconds(30);
    static final Duration OFFLINE_AFTER = Duration.ofSeconds(90);

    final MemoryChat chat = new MemoryChat();
    private final AtomicLong nanos = new AtomicLong(1);
    private final AtomicLong sessions = new AtomicLong();
    private final List<Member> nodes = IntStream.rangeClosed(1, 3)
            .mapToObj(i -> new Member(new NodeId("n" + i)))
            .toList();

    /// One node.
    final class Member {
        private final NodeId id;
        private final LeaderBoard leaders;
        private final Presence presence;
        private volatile boolean up = true;

        Member(NodeId id) {
            this.id = id;
            this.leaders = new LeaderBoard(id);
            this.presence = new Presence(
                    new Presence.Place(id, MemoryChat.PARTITIONING, leaders),
                    chat,
                    new Link(),
                    new PresenceSettings(HEARTBEAT, OFFLINE_AFTER),
                    new Presence.Time(nanos::get, new WallClock()));
        }

        Presence presence() {
            return presence;
        }

        /// A user's session here.
        Connected connect(String userId) {
            SessionIdentity identity = new SessionIdentity(userId, "d" + sessions, "s_" + sessions.incrementAndGet());
            RecordedSocket socket = RecordedSocket.eager();
            Session session = new Session(
                    identity,
                    Instant.MAX,
                    socket,
                    new Session.Shared(
                            SessionSettings.defaults(),
                            MemoryChat.PARTITIONING,
                            Worker.threads("session", Worker.Kind.VIRTUAL, Fault.logged()),
                            nanos::get));
            session.begin();
            presence.opened(identity);
            return new Connected(this, session, socket);
        }
    }

    /// A session and its client.
    record Connected(Member node, Session session, RecordedSocket socket) {

        /// Watches, and takes what comes until it is answered.
        List<ServerFrame> watch(List<String> userIds, List<String> conversationIds) throws InterruptedException {
            node.presence.watch(session, new PresenceWatch(userIds, conversationIds, Optional.of("w")));
            return told();
        }

        /// What was told since this was asked last.
        List<ServerFrame> told() throws InterruptedException {
            ServerFrame end = new ServerFrame.Pong(Optional.of("end"));
            session.send(end);
            List<ServerFrame> told = new ArrayList<>();
            for (ServerFrame next = socket.next(); !next.equals(end); next = socket.next()) {
                told.add(next);
            }
            return told;
        }

        void sayGoodbye() {
            node.presence.closed(session.identity(), true);
        }

        void vanish() {
            node.presence.closed(session.identity(), false);
        }
    }

    Member node(int number) {
        return nodes.get(number - 1);
    }

    /// A node leads all partitions from now on, and all nodes know it.
    void lead(int number, long term) {
        for (Member node : nodes) {
            for (int partition = 0; partition < MemoryChat.PARTITIONING.partitions(); partition++) {
                node.leaders.leadershipChanged(Partitioning.group(partition), term, Optional.of(node(number).id), true);
            }
        }
    }

    /// The node is gone without a word.
    void kill(int number) {
        node(number).up = false;
    }

    /// Lets time pass, a second at a time, and all nodes do what they do in it.
    void pass(Duration time) throws Exception {
        for (long second = 0; second < time.toSeconds(); second++) {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            tick();
        }
    }

    /// Time passes in which no node does anything; then all go on.
    void standStill(Duration time) throws Exception {
        nanos.addAndGet(time.toNanos());
        tick();
    }

    /// All nodes tell what is new.
    void tick() throws Exception {
        for (Member node : nodes) {
            if (node.up) {
                node.presence.tick(true).get(10, TimeUnit.SECONDS);
            }
        }
    }

    Instant now() {
        return new WallClock().instant();
    }

    /// Gives accounts to users, and a direct conversation to the first with each of the others.
    void acquaint(String first, String... others) throws Exception {
        submit(new ChatCommand.RegisterDevice(first, "d", "cli"));
        for (String other : others) {
            submit(new ChatCommand.RegisterDevice(other, "d", "cli"));
            String direct = Ids.direct(first, other);
            submit(new ChatCommand.CreateDirect(direct, first, other));
            submit(new ChatCommand.NoteMembership(first, direct, 1, true));
            submit(new ChatCommand.NoteMembership(other, direct, 1, true));
        }
    }

    /// A user chooses who may see it.
    void show(String userId, PresenceVisibility to) throws Exception {
        submit(new ChatCommand.SetSettings(
                userId,
                new AccountSettings.Patch(
                        Optional.of(to), Optional.empty(), Optional.empty(), Optional.empty(), false)));
    }

    void submit(ChatCommand command) throws Exception {
        chat.submit(command).get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        chat.close();
    }

    private final class Link implements PresenceLink {
        @Override
        public CompletableFuture<Optional<PresenceReply>> report(NodeId leader, PresenceReport report) {
            return CompletableFuture.completedFuture(nodes.stream()
                    .filter(node -> node.id.equals(leader) && node.up)
                    .map(node -> node.presence.report(report))
                    .findFirst());
        }

        @Override
        public void push(NodeId gateway, List<PresenceState> changes) {
            nodes.stream()
                    .filter(node -> node.id.equals(gateway) && node.up)
                    .forEach(node -> node.presence.hear(changes));
        }
    }

    private final class WallClock extends Clock {
        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(1_900_000_000L + TimeUnit.NANOSECONDS.toSeconds(nanos.get()));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
