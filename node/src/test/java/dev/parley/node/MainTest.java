package dev.parley.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    private static final NodeStarter NEVER = config -> {
        throw new AssertionError("no node must be started");
    };

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path file = Path.of("");

    @BeforeEach
    void write_a_good_configuration() throws IOException {
        Path secret = folder.resolve("cluster.secret");
        Files.writeString(secret, "9f2c4be1a07d5e3318c6f0b2d49e7a51c83b60fd27a9e415b86d03fc72e1a594");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        List<Integer> ports = FreePorts.take(4);
        file = Files.writeString(folder.resolve("parley.yaml"), """
                node: {id: n1, data-dir: data}
                cluster:
                  name: test
                  secret-file: cluster.secret
                  nodes: [{id: n1, host: 127.0.0.1, raft-port: %d, peer-port: %d, http-url: http://127.0.0.1:1}]
                http: {port: %d}
                admin: {port: %d}
                """.formatted(ports.toArray()));
    }

    @Test
    void the_version_is_told() {
        assertThat(run(NEVER, "--version")).isZero();
        assertThat(out.toString()).startsWith("parley ").contains("JDK 25");
    }

    @Test
    void a_call_without_a_file_is_a_mistake() {
        assertThat(run(NEVER)).isEqualTo(2);
        assertThat(err.toString()).startsWith("parley: --config FILE is needed.\n");
    }

    @Test
    void an_unknown_option_is_a_mistake() {
        assertThat(run(NEVER, "--confg", "x")).isEqualTo(2);
        assertThat(err.toString()).startsWith("parley: Unknown option");
    }

    @Test
    void config_check_says_what_is_right() {
        assertThat(run(NEVER, "config", "check", "--config", file.toString())).isZero();
        assertThat(out.toString())
                .isEqualTo(file + " is right: node n1 of cluster test, 1 nodes, 16 partitions, 1 replicas of each\n");
    }

    @Test
    void config_check_says_what_is_wrong_in_one_sentence() throws IOException {
        Files.writeString(file, "htttp: {}\n");

        assertThat(run(NEVER, "config", "check", "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString()).isEqualTo("parley: " + file + ", line 1: unknown key htttp; did you mean http?\n");
    }

    @Test
    void config_check_looks_into_the_files_of_push() throws IOException {
        Path key = Files.writeString(folder.resolve("vapid.pem"), "secret");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(
                file,
                "push: {webpush: {key-file: vapid.pem, subject: \"mailto:a@example.org\"}}\n",
                StandardOpenOption.APPEND);

        assertThat(run(NEVER, "config", "check", "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo("parley: push.webpush cannot be used: " + key + " is no file of `parley push vapid`\n");
    }

    @Test
    void push_vapid_makes_a_key_that_config_check_takes_and_never_replaces_one() throws IOException {
        Path key = folder.resolve("vapid.pem");
        Files.writeString(
                file,
                "push: {webpush: {key-file: vapid.pem, subject: \"mailto:a@example.org\"}}\n",
                StandardOpenOption.APPEND);

        assertThat(run(NEVER, "push", "vapid", "--out", key.toString())).isZero();
        assertThat(run(NEVER, "config", "check", "--config", file.toString())).isZero();
        assertThat(run(NEVER, "push", "vapid", "--out", key.toString())).isEqualTo(2);
        assertThat(err.toString()).startsWith("parley: the file " + key + " is there already");
    }

    @Test
    void config_print_shows_all_settings_and_no_secret() {
        assertThat(run(NEVER, "config", "print", "--config", file.toString())).isZero();
        assertThat(out.toString())
                .contains("max-connections: 20000  # default\n")
                .contains(folder.resolve("cluster.secret").toString())
                .doesNotContain("9f2c4be1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http.port                      | http: {port: %d}",
                "admin.port                     | admin: {port: %d}",
                "raft-port of cluster.nodes n1  | raft-port: %d",
                "peer-port of cluster.nodes n1  | peer-port: %d",
            })
    void a_port_in_use_is_named_with_its_key(String key, String setting) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String pattern = java.util.regex.Pattern.quote(setting).replace("%d", "\\E[0-9]+\\Q");
            String yaml = Files.readString(file).replaceFirst(pattern, setting.formatted(taken.getLocalPort()));
            Files.writeString(file, yaml);

            assertThat(run(NEVER, "--config", file.toString())).isEqualTo(2);
            assertThat(err.toString())
                    .startsWith("parley: the port %d (%s) on 127.0.0.1 cannot be opened ("
                            .formatted(taken.getLocalPort(), key))
                    .endsWith("; stop what uses it, or configure another.\n");
        }
    }

    @Test
    void a_port_that_is_taken_at_the_last_moment_is_a_sentence_too() {
        NodeStarter starter = config -> {
            throw new IllegalStateException("listener", new BindException("Address already in use"));
        };

        assertThat(run(starter, "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("parley: a port of http, admin, raft-port or peer-port was taken while the node started")
                .hasLineCount(1);
    }

    @Test
    void a_defect_is_told_apart_from_a_mistake() {
        NodeStarter starter = config -> {
            throw new IllegalStateException("bug");
        };

        assertThat(run(starter, "--config", file.toString())).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("parley: this is a defect of Parley, please report it with the lines below.\n")
                .contains("IllegalStateException: bug");
    }

    @Test
    void a_process_that_is_told_to_end_closes_its_node() throws Exception {
        Process process = start(List.of());
        awaitLine(process, "node waiting");

        process.destroy();

        assertThat(process.waitFor()).isEqualTo(143);
        assertThat(folder.resolve("closed")).exists();
    }

    @Test
    void a_process_whose_parent_ends_closes_its_node_and_ends() throws Exception {
        Process parent = new ProcessBuilder("cat").start();
        Process process = start(List.of(Long.toString(parent.pid())));
        awaitLine(process, "node waiting");

        parent.destroy();

        assertThat(process.waitFor()).isZero();
        assertThat(folder.resolve("closed")).exists();
    }

    private int run(NodeStarter starter, String... args) {
        return Main.execute(starter, new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    /// A process with a node that does nothing but say when it was closed.
    private Process start(List<String> parent) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdleNode.class.getName(),
                        folder.resolve("closed").toString(),
                        file.toString())
                .redirectErrorStream(true);
        builder.environment().put("PARLEY_LOG_LEVEL", "DEBUG");
        parent.forEach(pid -> builder.environment().put(NodeLife.PARENT_VARIABLE, pid));
        return builder.start();
    }

    private static void awaitLine(Process process, String words) throws IOException {
        var lines = process.inputReader(StandardCharsets.UTF_8);
        List<String> seen = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.add(line);
            if (line.contains(words)) {
                return;
            }
        }
        throw new AssertionError("the process ended without saying \"" + words + "\": " + seen);
    }

    static final class IdleNode {
        private IdleNode() {}

        public static void main(String[] args) {
            Path closed = Path.of(args[0]);
            Main.run(config -> () -> Files.createFile(closed), "--config", args[1]);
        }
    }
}
