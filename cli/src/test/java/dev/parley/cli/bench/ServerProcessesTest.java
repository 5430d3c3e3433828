package dev.parley.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerProcessesTest {

    @Test
    void the_process_that_listens_on_a_local_port_is_found_and_what_it_uses_is_read() throws IOException {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerProcesses found =
                    ServerProcesses.behind(List.of(URI.create("http://127.0.0.1:" + listening.getLocalPort())));

            assertThat(found.ids()).containsExactly(ProcessHandle.current().pid());
            assertThat(found.usage().cpuSeconds()).isPositive();
            assertThat(found.usage().residentBytes()).isGreaterThan(10_000_000);
        }
    }

    @Test
    void nothing_is_said_of_nodes_on_other_machines() {
        assertThat(ServerProcesses.behind(List.of(URI.create("http://192.0.2.1:8080")))
                        .isEmpty())
                .isTrue();
    }
}
