package dev.parley.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.node.config.ConfigFile;
import dev.parley.node.config.DataDirectory;
import dev.parley.node.config.SecretFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A node's process that must not start: it says why in one sentence and ends with exit code 2. Real processes.
class BadStartTest {
    private static final long PATIENCE_SECONDS = 120;

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();
    private Path file = Path.of("");

    @BeforeEach
    void write_a_good_configuration() throws IOException {
        Path secret = folder.resolve("cluster.secret");
        Files.writeString(secret, "9f2c4be1a07d5e3318c6f0b2d49e7a51c83b60fd27a9e415b86d03fc72e1a594");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        file = Files.writeString(folder.resolve("parley.yaml"), yaml(FreePorts.take(4)));
    }

    @AfterEach
    void end_what_is_left() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void an_unknown_key_is_named_with_its_line() throws Exception {
        Files.writeString(file, Files.readString(file) + "limts: {}\n");

        assertThat(sentence()).isEqualTo("parley: " + file + ", line 9: unknown key limts; did you mean limits?");
    }

    @Test
    void a_bad_value_is_named_with_what_is_allowed() throws Exception {
        replace("partitions: 2", "partitions: 2000");

        assertThat(sentence())
                .isEqualTo("parley: " + file
                        + ", line 4: cluster.partitions must be a whole number from 1 to 64, but is \"2000\".");
    }

    @Test
    void a_missing_file_is_named() throws Exception {
        Files.delete(file);

        assertThat(sentence()).isEqualTo("parley: the configuration file " + file + " cannot be read (no such file).");
    }

    @Test
    void a_secret_that_others_can_read_is_refused_with_the_remedy() throws Exception {
        Path secret = folder.resolve("cluster.secret");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(sentence())
                .isEqualTo("parley: " + file + ", line 5: cluster.secret-file: the secret file " + secret
                        + " can be read or written by other users; run: chmod 600 " + secret);
    }

    @Test
    void a_key_of_push_that_is_none_is_named_and_not_shown() throws Exception {
        Path key = Files.writeString(folder.resolve("AuthKey.p8"), "precious");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(
                file,
                Files.readString(file)
                        + "push: {apns: {key-file: AuthKey.p8, key-id: A23456789B, team-id: T23456789B, topic: a}}\n");

        assertThat(sentence())
                .isEqualTo("parley: push.apns cannot be used: " + key + " holds no key that Apple gives out (.p8)");
    }

    @ParameterizedTest
    @CsvSource({
        "http.port, 'http: {port: '",
        "admin.port, 'admin: {port: '",
        "raft-port of cluster.nodes n1, 'raft-port: '",
        "peer-port of cluster.nodes n1, 'peer-port: '"
    })
    void a_port_in_use_is_named_with_its_key(String key, String before) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String yaml = Files.readString(file);
            int at = yaml.indexOf(before) + before.length();
            Files.writeString(
                    file,
                    yaml.substring(0, at)
                            + taken.getLocalPort()
                            + yaml.substring(at).replaceFirst("[0-9]+", ""));

            assertThat(sentence())
                    .startsWith("parley: the port %d (%s) on 127.0.0.1 cannot be opened ("
                            .formatted(taken.getLocalPort(), key));
        }
    }

    @Test
    void the_data_directory_of_another_node_is_refused() throws Exception {
        found(Files.readString(file).replace("id: n1", "id: n7"));

        assertThat(sentence()).endsWith(" belongs to the node \"n7\", but node.id is \"n1\".");
    }

    @Test
    void the_data_directory_of_another_cluster_is_refused() throws Exception {
        found(Files.readString(file).replace("name: test", "name: other"));

        assertThat(sentence()).endsWith(" belongs to the cluster \"other\", but cluster.name is \"test\".");
    }

    @Test
    void a_data_directory_of_a_newer_format_is_refused() throws Exception {
        found(Files.readString(file));
        Path identity = folder.resolve("data/parley.json");
        Files.writeString(identity, Files.readString(identity).replaceFirst("(\"formatVersion\" : )[0-9]+", "$1" + 99));

        assertThat(sentence()).contains(" has format 99, written by a newer Parley; ");
    }

    @Test
    void a_data_directory_that_cannot_be_written_is_refused() throws Exception {
        found(Files.readString(file));
        Path data = folder.resolve("data");
        Files.delete(data.resolve("parley.lock"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("r-x------"));
        try {
            assertThat(sentence())
                    .isEqualTo("parley: the data directory (node.data-dir) " + data
                            + " cannot be read and written (permission denied); "
                            + "it must belong to the user that runs the node.");
        } finally {
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void a_data_directory_that_cannot_be_made_is_refused() throws Exception {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
        replace("data-dir: data", "data-dir: closed/data");
        try {
            assertThat(sentence())
                    .isEqualTo("parley: the data directory (node.data-dir) " + closed.resolve("data")
                            + " cannot be made (permission denied).");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /// Makes the data directory as a node with other settings would have.
    private void found(String yaml) {
        var config = ConfigFile.parse(yaml, file, Map.of()).config();
        DataDirectory.open(config, SecretFile.bytes(folder.resolve("cluster.secret")), Clock.systemUTC())
                .close();
    }

    private void replace(String right, String wrong) throws IOException {
        Files.writeString(file, Files.readString(file).replace(right, wrong));
    }

    /// Runs the node, requires exit code 2, and returns the one line on standard error.
    private String sentence() throws Exception {
        Path err = folder.resolve("err.txt");
        List<String> command = new ArrayList<>(unprivileged());
        command.addAll(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--config",
                file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(err.toFile())
                .start();
        started.add(process);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        List<String> lines = Files.readAllLines(err, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as("exit code, with " + lines).isEqualTo(2);
        assertThat(lines).hasSize(1);
        return lines.getFirst();
    }

    /// File permissions do not bind root, unless it gives up the right to override them.
    private static List<String> unprivileged() {
        boolean root = "root".equals(System.getProperty("user.name"));
        return root
                ? List.of(
                        "setpriv",
                        "--bounding-set=-dac_override,-dac_read_search",
                        "--inh-caps=-dac_override,-dac_read_search")
                : List.of();
    }

    private static String yaml(List<Integer> ports) {
        return """
                node: {id: n1, data-dir: data}
                cluster:
                  name: test
                  partitions: 2
                  secret-file: cluster.secret
                  nodes: [{id: n1, host: 127.0.0.1, raft-port: %d, peer-port: %d, http-url: http://127.0.0.1:1}]
                http: {port: %d}
                admin: {port: %d}
                """.formatted(ports.toArray());
    }
}
