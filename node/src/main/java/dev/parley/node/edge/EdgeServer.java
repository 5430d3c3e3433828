package dev.parley.node.edge;

import dev.parley.node.edge.rest.HttpEntry;
import dev.parley.node.edge.rest.RestCalls;
import dev.parley.node.edge.rest.RestParts;
import dev.parley.node.edge.socket.ConnectUpgrader;
import dev.parley.node.edge.socket.ConnectionCount;
import dev.parley.node.edge.socket.SocketParts;
import dev.parley.node.session.RateLimits;
import dev.parley.node.session.ReadReceipts;
import dev.parley.node.session.Session;
import dev.parley.node.session.SessionServices;
import dev.parley.node.session.SessionSweep;
import dev.parley.node.session.SyncPermits;
import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The client port: REST calls and WebSockets on one listener. Helidon runs each connection on a virtual
/// thread.
///
/// Life: [#start], then [#drain] (no new sockets, the old ones leave over a window), then [#stop].
public final class EdgeServer {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeServer.class);

    /// Frames of chat are small; with 8 KB each way an idle connection costs the kernel little (storage.md,
    /// section 14).
    private static final int SOCKET_BUFFER_BYTES = 8 * 1024;

    private static final int BACKLOG = 1_024;

    /// An HTTP connection without a request, or one that trickles in, is closed after so long.
    private static final Duration HTTP_IDLE_MAX = Duration.ofSeconds(60);

    private static final Duration HTTP_IDLE_CHECK = Duration.ofSeconds(15);

    /// For REST calls under way when the server stops: a little longer than the gate's deadline.
    private static final Duration STOP_GRACE = Duration.ofSeconds(11);

    private final WebServer server;
    private final ConnectionCount connections;
    private final SessionSweep sweep;

    private EdgeServer(WebServer server, ConnectionCount connections, SessionSweep sweep) {
        this.server = server;
        this.connections = connections;
        this.sweep = sweep;
    }

    /// Opens the port.
    ///
    /// @throws EdgeStartException if the port is in use or the address is not this machine's
    public static EdgeServer start(EdgeSettings settings, EdgeParts parts) throws EdgeStartException {
        requireFree(settings);
        Clock clock = Clock.systemUTC();
        RateLimits rates = new RateLimits(settings.rates());
        ThreadFactory threads = Worker.threads("session", Worker.Kind.VIRTUAL, Fault.logged());
        Session.Shared shared =
                new Session.Shared(settings.sessions(), parts.partitioning(), threads, System::nanoTime);
        ReadReceipts receipts =
                new ReadReceipts(parts.gate(), task -> threads.newThread(task).start());
        ConnectionCount connections = new ConnectionCount(settings.connectionsMax());
        SocketParts socketParts = new SocketParts(
                parts.sessions(),
                parts.devices(),
                shared,
                new SessionServices(
                        parts.gate(),
                        parts.partitioning(),
                        parts.sessions().positions(),
                        rates,
                        new SyncPermits(),
                        parts.typing(),
                        parts.presence(),
                        receipts,
                        threads),
                parts.epoch(),
                clock);
        var admission = new ConnectUpgrader.Admission(parts.tokens(), settings.allowedOrigins(), connections);
        HttpEntry entry = new HttpEntry(new RestCalls(new RestParts(
                parts.gate(),
                parts.partitioning(),
                parts.tokens(),
                parts.devices(),
                rates,
                parts.presence(),
                receipts,
                parts.pushEndpoints(),
                settings.publicUrl())));
        WebServer server = listen(settings, entry, admission, socketParts);
        LOG.info(
                "client port opened: host={} port={} tls={}",
                settings.host(),
                server.port(),
                settings.tls().isPresent());
        return new EdgeServer(server, connections, SessionSweep.start(parts.sessions(), clock));
    }

    /// The port that clients connect to.
    public int port() {
        return server.port();
    }

    /// WebSocket connections now.
    public int connections() {
        return connections.connections();
    }

    /// Lets the sockets go: refuses new ones, tells the old ones, and closes them with 1012 one after the
    /// other. REST calls go on. Blocks until they are gone, a few seconds longer than the window at most.
    public void drain(Duration window) throws InterruptedException {
        connections.drain();
        sweep.drain(window);
    }

    /// Closes the port and what is still connected; waits for REST calls under way within their deadline.
    public void stop() {
        connections.drain();
        server.stop();
        sweep.stop();
    }

    /// Helidon reports a port in use only in its log.
    private static void requireFree(EdgeSettings settings) throws EdgeStartException {
        InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
        if (address.isUnresolved()) {
            throw new EdgeStartException("The host '" + settings.host() + "' cannot be resolved.", null);
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (IOException e) {
            throw new EdgeStartException(
                    "Port %d of %s cannot be opened: %s.".formatted(settings.port(), settings.host(), e.getMessage()),
                    e);
        }
    }

    private static WebServer listen(
            EdgeSettings settings, HttpEntry entry, ConnectUpgrader.Admission admission, SocketParts parts)
            throws EdgeStartException {
        DirectHandlers.Builder refusals = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            refusals.addHandler(type, entry);
        }
        WebServerConfig.Builder config = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .backlog(BACKLOG)
                .shutdownHook(false)
                .protocolsDiscoverServices(false)
                .featuresDiscoverServices(false)
                .addConnectionSelector(Http1ConnectionSelector.builder()
                        .config(Http1Config.create())
                        .addUpgrader(new ConnectUpgrader("websocket", admission, parts))
                        .addUpgrader(new ConnectUpgrader("WebSocket", admission, parts))
                        .build())
                .connectionOptions(options -> options.socketReceiveBufferSize(SOCKET_BUFFER_BYTES)
                        .socketSendBufferSize(SOCKET_BUFFER_BYTES)
                        .tcpNoDelay(true))
                .maxPayloadSize(HttpEntry.BODY_BYTES_READ_MAX)
                .idleConnectionTimeout(HTTP_IDLE_MAX)
                .idleConnectionPeriod(HTTP_IDLE_CHECK)
                .shutdownGracePeriod(STOP_GRACE)
                .directHandlers(refusals.build())
                .routing(HttpRouting.builder().any(entry));
        settings.tls()
                .ifPresent(context -> config.tls(Tls.builder()
                        .sslContext(context)
                        .addApplicationProtocol("http/1.1")
                        .build()));
        try {
            return config.build().start();
        } catch (RuntimeException e) {
            throw new EdgeStartException(
                    "Port %d of %s cannot be opened.".formatted(settings.port(), settings.host()), e);
        }
    }
}
