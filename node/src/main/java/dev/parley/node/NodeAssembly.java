package dev.parley.node;

import dev.parley.chat.ChatAnswer;
import dev.parley.node.admin.AdminPorts;
import dev.parley.node.admin.AdminServer;
import dev.parley.node.admin.BackupDesk;
import dev.parley.node.admin.TokenIssuer;
import dev.parley.node.auth.DeviceDirectory;
import dev.parley.node.auth.TokenAuthority;
import dev.parley.node.cluster.ClusterAdmin;
import dev.parley.node.cluster.ClusterView;
import dev.parley.node.cluster.LocalNode;
import dev.parley.node.cluster.RepairGuard;
import dev.parley.node.cluster.TypedGroups;
import dev.parley.node.config.DataDirectory;
import dev.parley.node.config.Loopback;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.config.SecretFile;
import dev.parley.node.delivery.DeliveryRing;
import dev.parley.node.delivery.LiveSessions;
import dev.parley.node.delivery.LocalDeliveries;
import dev.parley.node.delivery.PartitionFollower;
import dev.parley.node.edge.EdgeParts;
import dev.parley.node.edge.EdgeServer;
import dev.parley.node.edge.EdgeSettings;
import dev.parley.node.edge.EdgeStartException;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.LocalReplicas;
import dev.parley.node.gate.PartitionGate;
import dev.parley.node.health.GroupMetrics;
import dev.parley.node.health.MeasuredGate;
import dev.parley.node.health.NodeMetrics;
import dev.parley.node.health.NoticeMetrics;
import dev.parley.node.health.ProcessMetrics;
import dev.parley.node.health.PushMetrics;
import dev.parley.node.health.Readiness;
import dev.parley.node.health.StorageConditions;
import dev.parley.node.health.TrafficMetrics;
import dev.parley.node.inbox.InboxFeed;
import dev.parley.node.inbox.MembershipNotes;
import dev.parley.node.inbox.OutboxReport;
import dev.parley.node.log.CommandCodec;
import dev.parley.node.machine.ChatMachine;
import dev.parley.node.machine.ClusterMachine;
import dev.parley.node.machine.GroupMachine;
import dev.parley.node.peer.Founding;
import dev.parley.node.peer.KnownPeers;
import dev.parley.node.peer.PeerChannels;
import dev.parley.node.peer.PeerCredentials;
import dev.parley.node.peer.PeerServer;
import dev.parley.node.peer.PeerToken;
import dev.parley.node.peer.RemoteDeliveries;
import dev.parley.node.peer.RemotePresence;
import dev.parley.node.peer.RemoteReplicaChanges;
import dev.parley.node.peer.RemoteSnapshots;
import dev.parley.node.peer.RemoteTyping;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.presence.Presence;
import dev.parley.node.presence.PresenceSettings;
import dev.parley.node.push.PushDesk;
import dev.parley.node.push.lane.PushFeed;
import dev.parley.node.push.lane.PushParts;
import dev.parley.node.repair.ReplicaRepair;
import dev.parley.node.session.RateLimits;
import dev.parley.node.session.SessionIdentity;
import dev.parley.node.session.SessionListener;
import dev.parley.node.session.SessionRegistry;
import dev.parley.node.session.SessionSettings;
import dev.parley.node.session.Typing;
import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.GroupAnswer;
import dev.parley.node.systemd.ServiceManager;
import dev.parley.node.systemd.SignOfLife;
import dev.parley.node.tables.ChatQueries;
import dev.parley.node.tables.DeliveryRowArchive;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.StorageHealth;
import dev.parley.raftstorage.ratis.RatisGroups;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToDoubleFunction;

/// Builds the parts of a node in the order in which they need each other: storage, gate, sessions, delivery,
/// ports.
final class NodeAssembly {

    /// Sockets are asked to leave over so long when the node stops, fewer sockets over less.
    private static final Duration DRAIN_MAX = Duration.ofSeconds(5);

    private static final double MILLIS_PER_SECOND = 1_000;

    private static final int DRAIN_SESSIONS_PER_SECOND = 500;

    private static final int LIVE_ANSWER_MAX_MILLIS = 5_000;

    private final NodeConfig config;
    private final Node node;
    private final NodeId self;
    private final Partitioning partitioning;
    private final LeaderBoard leaders;
    private final Readiness readiness = new Readiness();
    private final NodeMetrics metrics = new NodeMetrics();
    private final PushMetrics pushMetrics = new PushMetrics(metrics);
    private final TlsAssembly tls;
    private final Map<GroupId, DeliveryRing> rings = new HashMap<>();

    NodeAssembly(NodeConfig config, Node node) {
        this.config = config;
        this.node = node;
        this.self = config.node().id();
        this.partitioning = new Partitioning(config.cluster().partitions());
        this.leaders = new LeaderBoard(self);
        this.tls = new TlsAssembly(config, node, metrics);
    }

    void start() throws IOException, EdgeStartException {
        byte[] secret = SecretFile.bytes(config.cluster().secretFile());
        PushDesk push = PushProviders.desk(config.push(), pushMetrics, Clock.systemUTC());
        node.up("push", push::close);
        Readiness.Gate clientPort = readiness.gate("client-port", "not open yet");
        Reached reached = reach(secret);
        DataDirectory data = reached.data();
        ClusterAssembly cluster = reached.cluster();
        ClusterView view = cluster.view();
        PeerChannels peers = reached.peers();
        PeerServer peerServer = reached.peerServer();
        RatisGroups<GroupAnswer> storage = storage(data, view, peers);
        ReplicatedGroups<ChatAnswer> groups = new TypedGroups<>(storage, NodeAssembly::chat);
        LocalReplicas replicas = new LocalReplicas(groups, (query, tables) -> ChatQueries.answer(tables, query));
        PartitionGate gate = gate(replicas, view, peers);

        TokenAuthority tokens = new TokenAuthority(
                TokenIssuers.settings(config.auth(), secret, data.identity().clusterId()), Clock.systemUTC());
        DeviceDirectory devices = new DeviceDirectory(gate);
        NoticeMetrics notices = new NoticeMetrics(metrics);
        Presence presence = presence(gate, peers, notices);
        SessionRegistry sessions = new SessionRegistry(
                partitioning.partitions(), devices, SessionListener.both(announcing(peers), presence));
        LocalDeliveries deliveries = new LocalDeliveries(self, leaders, groups, new DeliveryRowArchive(), rings);
        TrafficMetrics.registerQueues(metrics, sessions::queuedBytes);
        TrafficMetrics.registerDeliveries(metrics, sessions::delivered);
        GroupMetrics.registerUnreadable(metrics, deliveries::unreadable);
        RemoteTyping elsewhere = new RemoteTyping(peers, () -> notices.dropped(NoticeMetrics.Kind.TYPING));
        Typing typing = new Typing(gate, sessions, elsewhere::tell);
        peerServer.serve(new PeerServer.Services(
                replicas,
                new RepairGuard(storage, view),
                deliveries,
                sessions::replaceElsewhere,
                sessions::tell,
                presence));
        presence.start();
        followers(deliveries, view, peers, sessions);
        InboxFeed lists = lists(groups, deliveries, gate);
        PushFeed pushing = pushes(push, data, groups, deliveries, gate, presence);
        ClusterAssembly.Parts fleet = cluster.start(
                new TypedGroups<>(storage, NodeAssembly::cluster),
                storage,
                new LocalNode.Condition(
                        () -> readiness.verdict().ready(),
                        () -> data.path().toFile().getUsableSpace()),
                leaders,
                peers,
                peerServer);
        readiness.require("cluster", () -> fleet.news().trouble().stream().toList());
        repair(storage, view, peers, reached.emptied());

        BackupDesk backup = BackupAssembly.desk(node, data, storage, view, leaders, peers);
        OutboxReport outbox = outbox(lists, pushing, groups);
        int adminPort = admin(gate, tokens, groups, peers, sessions, outbox, administered(view, fleet), backup);
        edge(
                new EdgeParts(
                        measured(gate, sessions),
                        partitioning,
                        tokens,
                        devices,
                        sessions,
                        typing,
                        presence,
                        PushAssembly.endpoints(config.push(), push),
                        data.identity().clusterId()),
                clientPort);
        serviceManager(groups, adminPort);
    }

    private AdminServer.Cluster administered(ClusterView view, ClusterAssembly.Parts fleet) {
        ClusterAdmin admin = new ClusterAdmin(view, fleet.orders(), fleet.fleet(), Clock.systemUTC());
        node.up("cluster-admin", admin::close);
        GroupMetrics.registerDiverged(metrics, fleet.scrubber()::diverged);
        return new AdminServer.Cluster(admin, fleet.scrubber());
    }

    /// What a node needs before it opens its groups: its place on disk, and the other nodes.
    ///
    /// @param emptied whether the node lost its disk, and its replicas with it
    private record Reached(
            DataDirectory data, ClusterAssembly cluster, PeerChannels peers, PeerServer peerServer, boolean emptied) {}

    /// Opens the data directory and the port for other nodes, and enters the cluster.
    private Reached reach(byte[] secret) throws IOException {
        DataDirectory data = DataDirectory.open(config, secret, Clock.systemUTC());
        node.up("data-directory", data::close);
        PeerServer.Identity identity = new PeerServer.Identity(
                self.value(),
                data.identity().clusterId(),
                NodeVersion.current(),
                data.identity().createdAt().toString());

        KnownPeers known = new KnownPeers(data.path());
        ClusterAssembly cluster = new ClusterAssembly(config, node, data);
        ClusterView view = cluster.view();
        PeerCredentials credentials = PeerToken.derive(secret).over(tls.peers(view));
        PeerChannels peers = new PeerChannels(identity, credentials, known, cluster.addresses());
        node.up("peer-channels", peers::close);
        cluster.follow(peers, known);
        PeerServer peerServer = new PeerServer(peerAddress(), identity, credentials, known);
        node.up("peer-port", peerServer::close);
        peerServer.tellOf(view);
        boolean emptied = cluster.enter(peers);
        if (!emptied) {
            Worker greeter = Worker.start(
                    "introduction",
                    Worker.Kind.VIRTUAL,
                    Fault.logged(),
                    () -> Founding.introduce(peers, view.others(), node.closing()));
            node.up("introduction", () -> greeter.stop(Duration.ofSeconds(1)));
        }
        return new Reached(data, cluster, peers, peerServer, emptied);
    }

    /// Comes up last, so that it hears first that the node stops.
    private void serviceManager(ReplicatedGroups<ChatAnswer> groups, int adminPort) {
        SignOfLife storage = () -> {
            groups.statuses(); // a replica whose locks are stuck would not answer
            StorageHealth health = groups.health();
            return health.fatal() ? Optional.of(String.join("; ", health.problems())) : Optional.empty();
        };
        SignOfLife port = SignOfLife.adminPort(config.admin().host(), adminPort, LIVE_ANSWER_MAX_MILLIS);
        ServiceManager.start(System.getenv(), readiness, SignOfLife.all(List.of(port, storage)))
                .ifPresent(manager -> node.up("service-manager", manager::close));
    }

    private void edge(EdgeParts parts, Readiness.Gate clientPort) throws EdgeStartException {
        EdgeServer edge = EdgeServer.start(edgeSettings(), parts);
        node.up("client-port", () -> {
            clientPort.close("the node is shutting down");
            edge.drain(drainWindow(parts.sessions().live().size()));
            edge.stop();
        });
        clientPort.open();
    }

    private void repair(RatisGroups<GroupAnswer> groups, ClusterView view, PeerChannels peers, boolean emptied) {
        ReplicaRepair repair = new ReplicaRepair(
                self,
                groups,
                new ReplicaRepair.Neighbours(
                        view::others,
                        group -> view.state().replicas(group),
                        view::settledHere,
                        new RemoteReplicaChanges(self, peers),
                        emptied));
        node.up("replica-repair", repair::close);
    }

    private PushFeed pushes(
            PushDesk desk,
            DataDirectory data,
            ReplicatedGroups<ChatAnswer> groups,
            LocalDeliveries deliveries,
            ChatGate gate,
            Presence presence)
            throws IOException {
        PushParts parts = new PushParts(
                self, partitioning, leaders, groups, deliveries, gate, presence::isOnline, Clock.systemUTC());
        PushFeed feed = PushAssembly.start(node, config.push(), desk, data, parts, pushMetrics::queueRebuilt);
        presence.onLapse(feed::lapsed);
        GroupMetrics.registerPushes(metrics, feed::pending);
        return feed;
    }

    private Presence presence(ChatGate gate, PeerChannels peers, NoticeMetrics notices) {
        Presence presence = new Presence(
                new Presence.Place(self, partitioning, leaders),
                gate,
                new RemotePresence(peers, () -> notices.dropped(NoticeMetrics.Kind.PRESENCE)),
                new PresenceSettings(
                        config.presence().heartbeat(), config.presence().offlineAfter()),
                Presence.Time.system());
        node.up("presence", presence::close);
        NoticeMetrics.registerPresence(metrics, presence::usersOnline);
        return presence;
    }

    /// What tells the lists of users, who live in other partitions, of their conversations.
    private InboxFeed lists(ReplicatedGroups<ChatAnswer> groups, LocalDeliveries deliveries, ChatGate gate) {
        MembershipNotes notes = new MembershipNotes(self, partitioning, leaders, groups, gate);
        node.up("membership-notes", notes::close);
        InboxFeed feed = new InboxFeed(self, partitioning, leaders, groups, deliveries, gate);
        node.up("inbox-feed", feed::close);
        return feed;
    }

    private OutboxReport outbox(InboxFeed lists, PushFeed pushing, ReplicatedGroups<ChatAnswer> groups) {
        OutboxReport report = new OutboxReport(lists, pushing::pending, groups, Clock.systemUTC());
        GroupMetrics.registerOutbox(
                metrics,
                () -> byGroup(report, OutboxReport.Line::pending),
                () -> byGroup(report, line -> line.oldest().toMillis() / MILLIS_PER_SECOND),
                () -> byGroup(report, line -> line.letters().kept()));
        return report;
    }

    private static Map<String, Double> byGroup(OutboxReport report, ToDoubleFunction<OutboxReport.Line> figure) {
        Map<String, Double> figures = new LinkedHashMap<>();
        report.lines().forEach(line -> figures.put(line.group(), figure.applyAsDouble(line)));
        return figures;
    }

    // One address is what a listener binds; a name may stand for an address of another network, so any is listened on.
    @SuppressWarnings("AddressSelection")
    private InetSocketAddress peerAddress() {
        int port = config.self().peerPort();
        return Loopback.is(config.self().host())
                ? new InetSocketAddress(config.self().host(), port)
                : new InetSocketAddress(port);
    }

    private RatisGroups<GroupAnswer> storage(DataDirectory data, ClusterView view, PeerChannels peers)
            throws IOException {
        for (int partition = 0; partition < partitioning.partitions(); partition++) {
            rings.put(Partitioning.group(partition), new DeliveryRing());
        }
        RatisGroups<GroupAnswer> groups = new RatisGroups<>(StorageSettings.of(
                        config, view, data, new RemoteSnapshots(peers, view::rateBytes), group -> machine(group, view))
                .with(tls.raft(view)));
        node.up("groups", groups::close);
        data.markFounded();
        groups.addListener(leaders);
        StorageConditions.require(readiness, groups);
        return groups;
    }

    private ReplicatedMachine<GroupAnswer> machine(GroupId group, ClusterView view) {
        DeliveryRing ring = rings.get(group);
        return ring == null
                ? new GroupMachine<>(
                        new ClusterMachine(ClusterAssembly.founding(config), view::learn), GroupAnswer.Cluster::new)
                : new GroupMachine<>(new ChatMachine(ring), GroupAnswer.Chat::new);
    }

    private static ChatAnswer chat(GroupAnswer answer) {
        return switch (answer) {
            case GroupAnswer.Chat(ChatAnswer chat) -> chat;
            case GroupAnswer.Cluster _ -> throw new IllegalStateException("a partition answered as the system group");
        };
    }

    private static ClusterAnswer cluster(GroupAnswer answer) {
        return switch (answer) {
            case GroupAnswer.Cluster(ClusterAnswer cluster) -> cluster;
            case GroupAnswer.Chat _ -> throw new IllegalStateException("the system group answered as a partition");
        };
    }

    private PartitionGate gate(LocalReplicas replicas, ClusterView view, PeerChannels peers) {
        ExecutorService askers =
                Executors.newThreadPerTaskExecutor(Worker.threads("ask", Worker.Kind.VIRTUAL, Fault.logged()));
        node.up("askers", askers::shutdownNow);
        PartitionGate gate = new PartitionGate(
                new PartitionGate.Route(
                        self, view, leaders, replicas, peers, config.limits().requestDeadline()),
                CommandCodec::encode,
                askers);
        node.up("gate", gate::close);
        return gate;
    }

    private void followers(LocalDeliveries deliveries, ClusterView view, PeerChannels peers, LiveSessions sessions) {
        PartitionFollower.Sources sources =
                new PartitionFollower.Sources(self, view, deliveries, new RemoteDeliveries(peers));
        List<PartitionFollower> followers = new ArrayList<>();
        for (int partition = 0; partition < partitioning.partitions(); partition++) {
            PartitionFollower follower = new PartitionFollower(partition, leaders, sources, sessions);
            node.up("follower-" + partition, follower::close);
            followers.add(follower);
        }
        readiness.require("delivery", () -> {
            long waiting = followers.stream()
                    .filter(follower -> !follower.positioned())
                    .count();
            return waiting == 0
                    ? List.of()
                    : List.of("%d of %d partitions are not followed yet".formatted(waiting, followers.size()));
        });
    }

    private int admin(
            ChatGate gate,
            TokenAuthority tokens,
            ReplicatedGroups<ChatAnswer> groups,
            PeerChannels peers,
            SessionRegistry sessions,
            OutboxReport outbox,
            AdminServer.Cluster cluster,
            BackupDesk backup) {
        GroupMetrics.register(metrics, groups::statuses);
        ProcessMetrics.register(metrics, readiness, config.node().dataDir());
        TokenIssuer issuer = (userId, ttl) -> {
            var issued = tokens.issueBearer(userId, ttl);
            return new TokenIssuer.IssuedToken(issued.token(), issued.expiresAt());
        };
        AdminServer admin = AdminServer.start(
                config,
                new AdminPorts(
                        gate,
                        issuer,
                        readiness,
                        metrics,
                        groups::statuses,
                        peers::reachable,
                        () -> sessions.live().size(),
                        outbox::lines),
                Optional.of(cluster),
                Optional.of(backup),
                NodeVersion.current());
        node.up("admin-port", admin::close);
        return admin.port();
    }

    private ChatGate measured(ChatGate gate, SessionRegistry sessions) {
        return new MeasuredGate(
                gate, new TrafficMetrics(metrics, () -> sessions.live().size()), System::nanoTime);
    }

    private EdgeSettings edgeSettings() {
        NodeConfig.ClientLimits limits = config.limits();
        SessionSettings sessions = SessionSettings.defaults()
                .withOutboundBytesMax(limits.sessionBufferBytes())
                .withWriteMax(limits.slowWriteAfter());
        return new EdgeSettings(
                config.http().host(),
                config.http().port(),
                config.http().publicUrl(),
                config.http().allowedOrigins(),
                config.http().maxConnections(),
                new RateLimits.Settings(
                        new RateLimits.Rate(limits.sendsPerSecond(), limits.sendsBurst()),
                        new RateLimits.Rate(limits.requestsPerSecond(), limits.requestsBurst())),
                sessions,
                tls.clientPort());
    }

    private static Duration drainWindow(int sessions) {
        Duration window = Duration.ofMillis(1_000L * sessions / DRAIN_SESSIONS_PER_SECOND);
        return window.compareTo(DRAIN_MAX) < 0 ? window : DRAIN_MAX;
    }

    private static SessionListener announcing(PeerChannels peers) {
        return new SessionListener() {
            @Override
            public void opened(SessionIdentity session) {
                peers.announce(session.userId(), session.deviceId(), session.sessionId());
            }

            @Override
            public void closed(SessionIdentity session, boolean saidGoodbye) {
                // Other nodes need not know.
            }
        };
    }
}
