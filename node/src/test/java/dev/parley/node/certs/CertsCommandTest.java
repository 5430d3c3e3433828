package dev.parley.node.certs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.node.config.ConfigException;
import dev.parley.node.tls.NodeIdentity;
import dev.parley.node.tls.PemFiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CertsCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    @Test
    void a_node_gets_a_certificate_with_its_identity_and_names_signed_by_the_cluster() throws Exception {
        init();

        assertThat(run("issue", "--node", "n1", "--host", "n1.example.org", "--host", "10.0.0.1"))
                .isZero();

        X509Certificate certificate = certificate("n1");
        assertThat(NodeIdentity.of(certificate)).contains(new NodeIdentity("example", "n1"));
        assertThat(CertificateFacts.of(certificate).hosts()).containsExactly("n1.example.org", "10.0.0.1");
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        requireSigned(certificate);
        requireFit(certificate, PemFiles.privateKey(file("n1.key")));
    }

    @Test
    void keys_are_for_their_owner_alone() throws Exception {
        init();
        run("issue", "--node", "n1");

        assertThat(permissions("ca.key")).isEqualTo("rw-------");
        assertThat(permissions("n1.key")).isEqualTo("rw-------");
        assertThat(out.toString()).doesNotContain("PRIVATE");
    }

    @Test
    void a_certificate_for_client_ports_speaks_for_no_node() throws Exception {
        init();

        assertThat(run("issue", "--server", "web", "--host", "chat.example.org"))
                .isZero();

        assertThat(NodeIdentity.of(certificate("web"))).isEmpty();
        assertThat(certificate("web").getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    }

    @Test
    void renewing_makes_a_new_key_for_the_same_names() throws Exception {
        init();
        run("issue", "--node", "n1", "--host", "n1.example.org", "--days", "10");
        X509Certificate before = certificate("n1");

        assertThat(run("renew", "n1")).isZero();

        X509Certificate after = certificate("n1");
        assertThat(after.getPublicKey()).isNotEqualTo(before.getPublicKey());
        assertThat(after.getNotAfter()).isAfter(before.getNotAfter());
        assertThat(CertificateFacts.of(after).hosts()).containsExactly("n1.example.org");
        assertThat(NodeIdentity.of(after)).isEqualTo(NodeIdentity.of(before));
        requireSigned(after);
        requireFit(after, PemFiles.privateKey(file("n1.key")));
        assertThat(permissions("n1.key")).isEqualTo("rw-------");
    }

    @Test
    void renewing_leaves_alone_what_is_valid_for_longer() throws Exception {
        init();
        run("issue", "--node", "n1", "--days", "100");
        X509Certificate before = certificate("n1");

        assertThat(run("renew", "n1", "--within", "30")).isZero();

        assertThat(certificate("n1")).isEqualTo(before);
        assertThat(out.toString()).contains("n1.pem is valid until");
    }

    @Test
    void show_lists_for_whom_and_until_when() throws Exception {
        init();
        run("issue", "--node", "n1", "--host", "n1.example.org");
        out.getBuffer().setLength(0);

        assertThat(runIn("show", folder.toString(), "--json")).isZero();

        JsonNode list = new JsonMapper().readTree(out.toString());
        assertThat(list.findValuesAsText("for")).containsExactly("authority", "node");
        assertThat(list.path(1).path("node").asText()).isEqualTo("n1");
        assertThat(list.path(1).path("cluster").asText()).isEqualTo("example");
        assertThat(list.path(1).path("expires").asText())
                .isEqualTo(certificate("n1").getNotAfter().toInstant().toString());
    }

    @Test
    void the_table_of_show_has_a_line_for_each() {
        init();
        run("issue", "--node", "n1", "--host", "n1.example.org");
        out.getBuffer().setLength(0);

        assertThat(runIn("show", folder.toString())).isZero();

        assertThat(out.toString()).containsPattern("n1\\.pem +node +n1 .*\\(36[45] days\\).*n1\\.example\\.org");
    }

    @Test
    void an_authority_is_not_made_twice() throws Exception {
        init();
        X509Certificate before = certificate("ca");

        assertThat(run("init", "--cluster", "example")).isNotZero();

        assertThat(failure.get()).isInstanceOf(ConfigException.class).hasMessageContaining("holds an authority");
        assertThat(certificate("ca")).isEqualTo(before);
    }

    @Test
    void a_certificate_is_not_issued_over_another() throws Exception {
        init();
        run("issue", "--node", "n1");
        X509Certificate before = certificate("n1");

        assertThat(run("issue", "--node", "n1")).isNotZero();

        assertThat(failure.get()).isInstanceOf(ConfigException.class).hasMessageContaining("certs renew n1");
        assertThat(certificate("n1")).isEqualTo(before);
    }

    @Test
    void without_an_authority_the_way_to_one_is_named() {
        assertThat(run("issue", "--node", "n1")).isNotZero();

        assertThat(failure.get()).isInstanceOf(ConfigException.class).hasMessageContaining("parley certs init");
    }

    @Test
    void what_is_no_name_is_a_mistake_of_the_call() {
        init();

        assertThat(run("issue", "--node", "N1")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(run("issue", "--node", "ca")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(run("issue", "--node", "n1", "--host", "https://n1")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(run("issue", "--server", "web")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(run("issue", "--node", "n1", "--days", "0")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(Files.exists(file("n1.pem"))).isFalse();
    }

    private void init() {
        assertThat(run("init", "--cluster", "example")).isZero();
    }

    private int run(String command, String... arguments) {
        return runIn(
                command,
                Stream.concat(List.of("--dir", folder.toString()).stream(), Arrays.stream(arguments))
                        .toArray(String[]::new));
    }

    private int runIn(String command, String... arguments) {
        String[] all =
                Stream.concat(Stream.of(command), Arrays.stream(arguments)).toArray(String[]::new);
        return new CommandLine(new CertsCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((e, _, _) -> {
                    failure.set(e);
                    return 1;
                })
                .execute(all);
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private String permissions(String name) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file(name)));
    }

    private X509Certificate certificate(String name) throws Exception {
        return PemFiles.certificates(file(name + ".pem")).getFirst();
    }

    private void requireSigned(X509Certificate certificate) throws Exception {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(certificate("ca"), null)));
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
    }

    private static void requireFit(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        byte[] text = {1, 2, 3};
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(certificate);
        signature.update(text);
        assertThat(signature.verify(signed)).isTrue();
    }
}
