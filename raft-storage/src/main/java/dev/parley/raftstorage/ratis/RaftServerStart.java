package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.apache.ratis.util.ExitUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The steps of starting: own the directory, open every group, start the server with those that are sound,
/// found
/// those that are new.
final class RaftServerStart<A> {
    private static final Logger LOG = LoggerFactory.getLogger(RaftServerStart.class);
    private static final long FOUND_WAIT_SECONDS = 60;

    private final NodeResources<A> node;
    private final Map<String, GroupReplica<A>> replicas;
    private final Map<String, GroupStatus> broken;
    private final GroupDirectories directories;

    private RaftServerStart(
            NodeResources<A> node, Map<String, GroupReplica<A>> replicas, Map<String, GroupStatus> broken) {
        this.node = node;
        this.replicas = replicas;
        this.broken = broken;
        this.directories = new GroupDirectories(node.settings().place().directory());
    }

    /// Starts, and fills in the replicas that run and the groups that do not.
    static <A> Started<A> start(
            NodeResources<A> node, Map<String, GroupReplica<A>> replicas, Map<String, GroupStatus> broken)
            throws IOException {
        return new RaftServerStart<>(node, replicas, broken).start();
    }

    private Started<A> start() throws IOException {
        directories.create();
        FileChannel lock = lock(directories.root().resolve("storage.lock"));
        RaftServer server = null;
        try {
            List<GroupId> fresh = openGroups();
            server = newServer();
            node.use(server);
            start(server);
            ReplicaMoves moves =
                    new ReplicaMoves(server, node.settings().cluster().addresses());
            found(moves, fresh);
            LOG.info(
                    "storage started: node={} groups={} broken={}",
                    node.settings().place().self(),
                    replicas.size(),
                    broken.size());
            return new Started<>(node, directories, server, moves, lock);
        } catch (IOException | RuntimeException e) {
            if (server != null) {
                server.close();
            }
            replicas.values().forEach(replica -> replica.slot().close());
            lock.close();
            throw e;
        }
    }

    /// Ratis would end the process if its port is taken; that is for the one who started us to decide.
    private void start(RaftServer server) throws IOException {
        ExitUtils.disableSystemExit();
        RatisSettings.Place place = node.settings().place();
        String address = place.host() + ":" + place.port();
        try (ServerSocket probe = new ServerSocket()) {
            // Known before Ratis opens all groups in vain.
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(place.host(), place.port()));
        } catch (IOException e) {
            throw new IOException("cannot listen for Raft traffic on " + address, e);
        }
        try {
            server.start();
        } catch (ExitUtils.ExitException e) {
            throw new IOException("cannot listen for Raft traffic on " + address, e);
        }
    }

    /// One process at a time: a second one would take files that the first is writing for damaged.
    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new IOException("directory is in use by this process: " + file.getParent(), e);
        }
        channel.close();
        throw new IOException("directory is in use by another process: " + file.getParent());
    }

    /// Opens what is on the disk.
    ///
    /// @return the groups that are not on it and must be founded
    private List<GroupId> openGroups() throws IOException {
        RatisSettings.Cluster cluster = node.settings().cluster();
        GroupOpener opener = new GroupOpener(
                directories, node.rocks(), node.settings().outside().clock());
        opener.setAsideUnknown(cluster.groups().keySet());
        List<GroupId> fresh = new ArrayList<>();
        for (GroupId group : cluster.groupsByName().values()) {
            switch (opener.open(group, cluster.plan(group).start())) {
                case GroupOpener.Opening.Opened(TablesSlot slot) -> {
                    FoundingConfiguration.complete(directories, group, cluster.founders(group));
                    replicas.put(group.name(), new GroupReplica<>(group, slot, node));
                }
                case GroupOpener.Opening.Fresh(TablesSlot slot) -> {
                    replicas.put(group.name(), new GroupReplica<>(group, slot, node));
                    fresh.add(group);
                }
                case GroupOpener.Opening.Absent() -> LOG.debug("no replica here: group={}", group);
                case GroupOpener.Opening.Broken(GroupStatus status) -> broken.put(group.name(), status);
            }
        }
        return fresh;
    }

    /// A server without a group of its own: it finds those on the disk, and is told of new ones.
    private RaftServer newServer() throws IOException {
        Parameters parameters = new Parameters();
        Optional<RaftTls> tls = node.settings().tls();
        tls.ifPresent(layer -> GrpcConfigKeys.TLS.setConf(parameters, config(layer)));
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, new PeerTrafficOnly(tls));
        return RaftServer.newBuilder()
                .setServerId(ReplicaMoves.peerId(node.settings().place().self()))
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setProperties(RatisProperties.of(node.settings(), directories))
                .setParameters(parameters)
                .setStateMachineRegistry(this::stateMachine)
                .build();
    }

    private static GrpcTlsConfig config(RaftTls tls) {
        GrpcTlsConfig.Builder builder = GrpcTlsConfig.newBuilder();
        builder.setKeyManager(tls.keys());
        builder.setTrustManager(tls.trust());
        builder.setMutualTls(true);
        builder.setSslProvider(SslProvider.JDK);
        builder.setProtocols("TLSv1.3", "TLSv1.2");
        return builder.build();
    }

    private StateMachine stateMachine(RaftGroupId id) {
        for (GroupReplica<A> replica : replicas.values()) {
            if (replica.raftId().equals(id)) {
                return replica.stateMachine();
            }
        }
        throw new IllegalStateException("no replica for " + id);
    }

    private void found(ReplicaMoves moves, List<GroupId> fresh) throws IOException {
        List<CompletableFuture<Void>> founded = new ArrayList<>();
        for (GroupId group : fresh) {
            founded.add(moves.start(group, node.settings().cluster().plan(group).founders()));
        }
        try {
            CompletableFuture.allOf(founded.toArray(CompletableFuture[]::new))
                    .orTimeout(FOUND_WAIT_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new IOException("cannot found all groups", e);
        }
    }

    /// What runs when all is started.
    ///
    /// @param lock held until the last file is closed
    record Started<A>(
            NodeResources<A> node,
            GroupDirectories directories,
            RaftServer server,
            ReplicaMoves moves,
            FileChannel lock) {

        /// Puts away what a retired replica leaves: its tables, worth nothing without the log, which Ratis has
        /// moved
        /// to a place where the next one of the same group would collide with it.
        void discard(GroupId group) {
            try {
                DurableFiles.deleteTree(directories.tables(group));
                Path moved = directories
                        .removed()
                        .resolve(GroupDirectories.uuid(group).toString());
                if (Files.exists(moved)) {
                    long now = node.settings().outside().clock().millis();
                    DurableFiles.rename(moved, directories.removed().resolve(group.name() + "-" + now));
                }
            } catch (IOException e) {
                LOG.warn("files of a retired replica stay: group={}", group, e);
            }
        }
    }
}
