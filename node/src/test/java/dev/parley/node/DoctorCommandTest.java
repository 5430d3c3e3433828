package dev.parley.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private List<Integer> ports = List.of();
    private Path file = Path.of("");

    @BeforeEach
    void write_a_good_configuration() throws IOException {
        secret("cluster.secret", "9f2c4be1a07d5e3318c6f0b2d49e7a51c83b60fd27a9e415b86d03fc72e1a594");
        ports = FreePorts.take(4);
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
    void a_good_configuration_has_free_ports_and_kept_secrets() throws IOException {
        JsonNode checks = doctor();

        assertThat(verdict(checks, "config")).isEqualTo("ok");
        assertThat(found(checks, "secrets")).isEqualTo("1 files, for their owner alone");
        assertThat(ports).allSatisfy(port -> assertThat(checks.toString()).contains("127.0.0.1:" + port + " is free"));
        assertThat(checks.findValuesAsText("check"))
                .contains("file system", "free space", "disk speed", "open files", "memory", "clock");
    }

    @Test
    void the_table_says_in_a_line_of_its_own_what_to_do() throws IOException {
        Files.setPosixFilePermissions(folder.resolve("cluster.secret"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(run("--config", file.toString())).isEqualTo(1);

        assertThat(out.toString()).startsWith("CHECK").containsPattern("""
            (?m)^secrets +\\S+cluster.secret has mode rw-r--r-- +bad
             +chmod 600 \\S+; if others may have read it, make a new one.
            """);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void a_port_that_somebody_else_holds_is_bad() throws IOException {
        try (ServerSocket _ = new ServerSocket(ports.get(2), 1, InetAddress.getLoopbackAddress())) {
            JsonNode checks = doctor();

            assertThat(verdict(checks, "port http.port")).isEqualTo("bad");
            assertThat(verdict(checks, "port admin.port")).isEqualTo("ok");
        }
    }

    @Test
    void a_port_that_a_running_node_holds_is_fine() throws IOException {
        HttpServer admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(3)), 0);
        admin.createContext("/metrics", exchange -> {
            byte[] body = "parley_uptime_seconds 1\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        admin.start();
        try {
            assertThat(found(doctor(), "port admin.port")).endsWith("is held by a running Parley node");
        } finally {
            admin.stop(0);
        }
    }

    @Test
    void a_certificate_that_the_configuration_names_is_looked_at() throws IOException {
        assertThat(execute(
                        "certs",
                        "init",
                        "--cluster",
                        "test",
                        "--dir",
                        folder.resolve("certs").toString()))
                .isZero();
        secret("web-push.pem", "-----BEGIN PRIVATE KEY-----\n");
        Files.writeString(file, """
            push:
              webpush:
                key-file: web-push.pem
                subject: mailto:a@example.org
                trusted-certificates: certs/ca.pem
            """, StandardOpenOption.APPEND);

        JsonNode checks = doctor();

        assertThat(verdict(checks, "certificate")).isEqualTo("ok");
        assertThat(found(checks, "certificate")).contains("ca.pem expires ");
        assertThat(found(checks, "secrets")).startsWith("2 files");
        assertThat(verdict(checks, "config")).isEqualTo("bad"); // the key is none
    }

    @Test
    void settings_that_cannot_be_read_are_told_with_what_else_is_found() throws IOException {
        Files.writeString(file, "htttp: {}\n");

        assertThat(run("--config", file.toString(), "--data", folder.toString()))
                .isEqualTo(1);

        assertThat(out.toString()).contains("line 1: unknown key htttp; did you mean http?", "disk speed");
    }

    @Test
    void a_host_is_looked_at_without_a_configuration() throws IOException {
        run("--data", folder.toString(), "--json");

        assertThat(checks().findValuesAsText("check"))
                .contains("disk speed", "memory")
                .doesNotContain("config");
    }

    private JsonNode doctor() throws IOException {
        out.getBuffer().setLength(0);
        int exit = run("--config", file.toString(), "--json");
        JsonNode checks = checks();
        assertThat(exit).isEqualTo(checks.findValuesAsText("verdict").contains("bad") ? 1 : 0);
        return checks;
    }

    private JsonNode checks() throws IOException {
        return new JsonMapper().readTree(out.toString()).path("checks");
    }

    private static String verdict(JsonNode checks, String check) {
        return row(checks, check).path("verdict").asText();
    }

    private static String found(JsonNode checks, String check) {
        return row(checks, check).path("found").asText();
    }

    private static JsonNode row(JsonNode checks, String check) {
        for (JsonNode row : checks) {
            if (row.path("check").asText().equals(check)) {
                return row;
            }
        }
        throw new AssertionError("no check " + check + " in " + checks);
    }

    private void secret(String name, String text) throws IOException {
        Path secret = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "doctor";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return execute(all);
    }

    private int execute(String... arguments) {
        return Main.execute(
                config -> {
                    throw new AssertionError("no node must be started");
                },
                new PrintWriter(out),
                new PrintWriter(err),
                arguments);
    }
}
