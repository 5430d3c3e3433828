package dev.parley.node.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.parley.node.health.Readiness;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
final class ServiceManagerTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void says_ready_once_the_node_is_ready_and_before_what_it_waits_for() throws Throwable {
        Readiness readiness = new Readiness();
        Readiness.Gate gate = readiness.gate("client-port", "not open\nyet");
        try (NotifyListener systemd = new NotifyListener(folder.resolve("notify"))) {
            ServiceManager manager = start(Map.of(), readiness, Optional::empty);
            await().atMost(LONG).until(() -> !systemd.heard().isEmpty());
            assertThat(systemd.heard()).containsExactly("STATUS=not ready: client-port: not open yet");

            gate.open();
            await().atMost(LONG).until(() -> systemd.heard().contains("STATUS=ready"));
            gate.close("the node is shutting down");
            manager.close();

            assertThat(systemd.heard()).filteredOn("READY=1"::equals).hasSize(1);
            assertThat(systemd.heard().getLast()).startsWith("STOPPING=1");
            assertThat(systemd.heard()).as("no watchdog was asked for").noneMatch("WATCHDOG=1"::equals);
        }
    }

    @Test
    void feeds_the_watchdog_only_while_the_node_shows_life() throws Throwable {
        AtomicReference<Optional<String>> trouble = new AtomicReference<>(Optional.of("a broken disk"));
        AtomicInteger asked = new AtomicInteger();
        SignOfLife life = () -> {
            asked.incrementAndGet();
            return trouble.get();
        };
        try (NotifyListener systemd = new NotifyListener(folder.resolve("notify"));
                ServiceManager _ = start(Map.of("WATCHDOG_USEC", "1000000"), new Readiness(), life)) {
            await().atMost(LONG).until(() -> asked.get() >= 3);
            assertThat(systemd.heard()).contains("READY=1").noneMatch("WATCHDOG=1"::equals);

            trouble.set(Optional.empty());
            await().atMost(LONG).until(() -> systemd.heard().contains("WATCHDOG=1"));
        }
    }

    @Test
    void a_watchdog_of_another_process_is_not_fed() throws Throwable {
        AtomicInteger asked = new AtomicInteger();
        SignOfLife life = () -> {
            asked.incrementAndGet();
            return Optional.empty();
        };
        try (NotifyListener systemd = new NotifyListener(folder.resolve("notify"))) {
            ServiceManager manager = start(Map.of("WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1"), new Readiness(), life);
            await().atMost(LONG).until(() -> systemd.heard().contains("READY=1"));
            manager.close();
            assertThat(asked).hasValue(0);
        }
    }

    @Test
    void without_a_manager_nobody_is_told() {
        assertThat(ServiceManager.start(Map.of(), new Readiness(), Optional::empty))
                .isEmpty();
        assertThat(ServiceManager.start(Map.of("NOTIFY_SOCKET", "vsock:2"), new Readiness(), Optional::empty))
                .isEmpty();
    }

    @Test
    void a_manager_that_went_away_does_not_disturb_the_node() {
        Optional<ServiceManager> manager = ServiceManager.start(
                Map.of("NOTIFY_SOCKET", folder.resolve("nobody").toString()), new Readiness(), Optional::empty);
        assertThat(manager).isPresent();
        manager.get().close();
    }

    @Test
    void the_admin_port_is_alive_if_it_answers() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        AtomicInteger status = new AtomicInteger(200);
        server.createContext("/livez", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        SignOfLife port = SignOfLife.adminPort("0.0.0.0", server.getAddress().getPort(), 30_000);
        assertThat(port.trouble()).isEmpty();
        status.set(503);
        assertThat(SignOfLife.all(List.of(Optional::empty, port)).trouble().orElseThrow())
                .contains("503");
        server.stop(0);
        assertThat(port.trouble()).isPresent();

        try (ServerSocket silent = new ServerSocket(0, 1, loopback)) {
            assertThat(SignOfLife.adminPort("127.0.0.1", silent.getLocalPort(), 100)
                            .trouble())
                    .as("takes connections, answers nothing")
                    .isPresent();
        }
    }

    private ServiceManager start(Map<String, String> more, Readiness readiness, SignOfLife life) {
        Map<String, String> environment = new java.util.HashMap<>(more);
        environment.put("NOTIFY_SOCKET", folder.resolve("notify").toString());
        return ServiceManager.start(environment, readiness, life).orElseThrow();
    }
}
