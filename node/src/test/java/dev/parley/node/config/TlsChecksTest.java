package dev.parley.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.node.certs.IssuedFiles;
import dev.parley.node.tls.KeyMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node does not start insecurely by accident, nor with certificates that nobody would take.
class TlsChecksTest {
    private static final String OPEN = ConfigFixture.yaml().replace("host: 127.0.0.1", "host: n1.example.org");

    @TempDir
    private Path folder;

    private IssuedFiles issued;

    @BeforeEach
    void make_a_secret_and_an_authority() throws IOException {
        ConfigFixture.secretFile(folder.resolve("cluster.secret"), ConfigFixture.SECRET);
        issued = new IssuedFiles(folder.resolve("certs"), "test");
    }

    @Test
    void ports_between_nodes_are_not_open_to_other_machines_without_certificates() {
        assertThatThrownBy(() -> check(OPEN, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("raft-port and peer-port of n1 (host n1.example.org) can be reached")
                .hasMessageContaining("cluster.allow-plain-text: true");
    }

    @Test
    void they_are_when_that_is_allowed_in_so_many_words() {
        assertThat(check(OPEN, Map.of("PARLEY_CLUSTER_ALLOW_PLAIN_TEXT", "true")))
                .isTrue();
    }

    @Test
    void with_certificates_they_may_be_open() {
        assertThat(check(OPEN, cluster(issued.node("n1")))).isTrue();
    }

    @Test
    void the_client_port_may_be_open_with_a_certificate() {
        KeyMaterial.Files files = issued.server("web");

        assertThat(check(
                        ConfigFixture.yaml() + "http: {host: 0.0.0.0}\n",
                        Map.of(
                                "PARLEY_HTTP_TLS_CERTIFICATE_FILE",
                                        files.certificate().toString(),
                                "PARLEY_HTTP_TLS_KEY_FILE", files.key().toString())))
                .isTrue();
    }

    @Test
    void a_key_that_others_can_read_is_refused_with_the_remedy() throws IOException {
        KeyMaterial.Files files = issued.node("n1");
        Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(() -> check(OPEN, cluster(files)))
                .hasMessageContaining("cluster.tls.key-file: the secret file")
                .hasMessageEndingWith("run: chmod 600 " + files.key());
    }

    @Test
    void the_certificate_of_another_node_is_refused() {
        assertThatThrownBy(() -> check(OPEN, cluster(issued.node("n2"))))
                .hasMessageEndingWith(
                        "it must be that of parley://test/nodes/n1, but it is that of " + "parley://test/nodes/n2.");
    }

    @Test
    void a_certificate_that_speaks_for_no_node_is_refused() {
        assertThatThrownBy(() -> check(OPEN, cluster(issued.server("web"))))
                .hasMessageEndingWith("but it is that of no node.");
    }

    @Test
    void an_expired_certificate_is_refused() {
        assertThatThrownBy(() -> check(OPEN, cluster(issued.expiredNode("n1"))))
                .hasMessageContaining("cluster.tls.certificate-file: ")
                .hasMessageEndingWith(" has expired; renew it.");
    }

    @Test
    void a_certificate_of_another_authority_than_the_one_trusted_is_refused() {
        KeyMaterial.Files own = issued.node("n1");
        Path other = new IssuedFiles(folder.resolve("other"), "test").authority();

        assertThatThrownBy(() ->
                        check(OPEN, cluster(new KeyMaterial.Files(own.certificate(), own.key(), Optional.of(other)))))
                .hasMessageContaining("cluster.tls.ca-file: the authority in it has not issued");
    }

    @Test
    void a_key_of_another_certificate_is_refused() {
        KeyMaterial.Files own = issued.node("n1");
        KeyMaterial.Files other = issued.node("n2");

        assertThatThrownBy(() ->
                        check(OPEN, cluster(new KeyMaterial.Files(own.certificate(), other.key(), own.authority()))))
                .hasMessageContaining("cluster.tls: the key " + other.key() + " does not belong to the certificate");
    }

    @Test
    void a_missing_file_is_named_with_the_way_to_one() throws IOException {
        KeyMaterial.Files files = issued.node("n1");
        Files.delete(files.certificate());

        assertThatThrownBy(() -> check(OPEN, cluster(files)))
                .hasMessageContaining("cluster.tls.certificate-file: the file " + files.certificate())
                .hasMessageContaining("parley certs issue");
    }

    private boolean check(String yaml, Map<String, String> environment) {
        ConfigFile.parse(yaml, folder.resolve("parley.yaml"), environment).check();
        return true;
    }

    private static Map<String, String> cluster(KeyMaterial.Files files) {
        return Map.of(
                "PARLEY_CLUSTER_TLS_CERTIFICATE_FILE", files.certificate().toString(),
                "PARLEY_CLUSTER_TLS_KEY_FILE", files.key().toString(),
                "PARLEY_CLUSTER_TLS_CA_FILE", files.authority().orElseThrow().toString());
    }
}
