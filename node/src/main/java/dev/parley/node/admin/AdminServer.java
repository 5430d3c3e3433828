package dev.parley.node.admin;

import dev.parley.node.cluster.ClusterAdmin;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.config.SecretFile;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.scrub.Scrubber;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.json.RestJson;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportRequest;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The listener for operators. Connections have a virtual thread each (Helidon's); the starting thread owns the
/// rest.
public final class AdminServer implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 100;
    private static final long BODY_BYTES_MAX = 64 * 1024;
    private static final Duration IDLE = Duration.ofMinutes(1);

    private static final Set<String> PATHS = Set.of(
            "/livez",
            "/readyz",
            "/metrics",
            "/admin/v1/users",
            "/admin/v1/tokens",
            "/admin/v1/status",
            "/admin/v1/outbox");

    private final WebServer server;

    /// What a node needs whose cluster can be changed.
    public record Cluster(ClusterAdmin admin, Scrubber scrubber) {}

    private AdminServer(WebServer server) {
        this.server = server;
    }

    /// Listens on `admin.host` and `admin.port`.
    ///
    /// @param version what the status calls this build
    public static AdminServer start(NodeConfig config, AdminPorts ports, String version) {
        return start(config, ports, Optional.empty(), Optional.empty(), version);
    }

    /// The same for a node whose cluster can be changed and backed up.
    public static AdminServer start(
            NodeConfig config,
            AdminPorts ports,
            Optional<Cluster> cluster,
            Optional<BackupDesk> backup,
            String version) {
        Optional<String> token = config.admin().tokenFile().map(SecretFile::token);
        HttpRouting.Builder routing = HttpRouting.builder()
                .addFilter(new AdminGuard(config.admin().host(), token))
                .error(ProblemException.class, AdminAnswer::problem)
                .error(Exception.class, AdminAnswer::defect);
        new HealthRoutes(ports.readiness(), ports.metrics()).addTo(routing);
        new AccountRoutes(ports.gate(), ports.tokens()).addTo(routing);
        new StatusRoute(config, ports, cluster.map(Cluster::admin), version).addTo(routing);
        cluster.ifPresent(parts -> {
            new ClusterRoutes(parts.admin()).addTo(routing);
            new ReplicaRoutes(parts).addTo(routing);
        });
        backup.ifPresent(desk -> new BackupRoutes(desk, version).addTo(routing));
        new OutboxRoutes(ports, config.cluster().partitions()).addTo(routing);
        new TraceRoutes(ports.gate(), new Partitioning(config.cluster().partitions())).addTo(routing);
        routing.any(AdminServer::unknown);
        WebServer server = WebServer.builder()
                .host(config.admin().host())
                .port(config.admin().port())
                .shutdownHook(false)
                .maxConcurrentRequests(CONNECTIONS_MAX)
                .maxPayloadSize(BODY_BYTES_MAX)
                .idleConnectionTimeout(IDLE)
                .directHandlers(problems())
                .addRouting(routing)
                .build();
        return new AdminServer(server.start());
    }

    /// The port that it listens on, also where 0 was configured.
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }

    private static void unknown(ServerRequest request, ServerResponse response) {
        String path = request.path().path();
        if (PATHS.contains(path)) {
            throw new ProblemException(
                    ErrorCode.METHOD_UNKNOWN,
                    "%s does not take %s.".formatted(path, request.prologue().method()));
        }
        throw new ProblemException(ErrorCode.PATH_UNKNOWN, "The admin port has nothing at %s.".formatted(path));
    }

    /// Answers for what Helidon refuses before any route is asked: the same problem objects.
    private static DirectHandlers problems() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, AdminServer::transportProblem);
        }
        return handlers.build();
    }

    private static TransportResponse transportProblem(
            TransportRequest request, EventType type, Status status, ServerResponseHeaders headers, String message) {
        ErrorCode code = codeOf(status.code());
        return TransportResponse.builder()
                .status(Status.create(code.status()))
                .headers(headers)
                .keepAlive(false)
                .header(HeaderNames.CONTENT_TYPE, "application/problem+json")
                .entity(RestJson.encode(Problems.of(code, Objects.requireNonNullElse(message, code.title() + "."))))
                .build();
    }

    private static ErrorCode codeOf(int status) {
        if (status == ErrorCode.TOO_LARGE.status()) {
            return ErrorCode.TOO_LARGE;
        } else if (status == ErrorCode.OVERLOADED.status()) {
            return ErrorCode.OVERLOADED;
        }
        return status < 500 ? ErrorCode.MALFORMED : ErrorCode.INTERNAL;
    }
}
