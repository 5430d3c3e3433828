package dev.parley.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigChecksTest {
    @TempDir
    private Path folder;

    private Path secret;

    @BeforeEach
    void write_a_good_secret() throws IOException {
        secret = ConfigFixture.secretFile(folder.resolve("cluster.secret"), ConfigFixture.SECRET + "\n");
    }

    @Test
    void a_right_configuration_passes() {
        ConfigFile file = ConfigFixture.parse(folder, ConfigFixture.yaml());

        assertThat(file.check()).isSameAs(file);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    http: {host: 0.0.0.0}         | line 13: http.host "0.0.0.0" can be reached from other machines, \
                    and there is no http.tls; give it, or put a TLS proxy in front and set http.allow-plain-text: \
                    true, or listen on 127.0.0.1.
                    admin: {host: 10.0.0.1}       | line 13: admin.host "10.0.0.1" can be reached from other \
                    machines; set admin.token-file, or listen on 127.0.0.1.
                    auth: {jwt: [{name: x, algorithm: RS256, jwks-url: "https://x.org"}, {name: x, algorithm: RS256}]} \
                    | line 13: the name x is given to two issuers in auth.jwt.
                    limits: {sends-per-second: 2000} | line 13: limits.sends-burst must be at least \
                    limits.sends-per-second (2000), but is 1000.
                    presence: {heartbeat: 60s}    | line 13: presence.offline-after must be at least twice \
                    presence.heartbeat (60s), but is 90s.
                    http: {port: 9080}            | line 13: http.port and admin.port are both port 9080.
                    http: {port: 10080}           | line 13: raft-port of cluster.nodes n1 and http.port are both \
                    port 10080.
                    admin: {port: 11080}          | line 13: peer-port of cluster.nodes n1 and admin.port are both \
                    port 11080.
                    http: {allowed-origins: ["*"]} | line 13: http.allowed-origins[0] must be an origin such as \
                    https://chat.example.org, without a path, but is "*".
                    auth: {jwt: [{name: x, algorithm: RS256}]} | line 13: auth.jwt[0] must have exactly one of \
                    key-file, jwks-file and jwks-url, but has 0.
                    auth: {jwt: [{name: x, algorithm: RS256, key-file: a, jwks-file: b}]} | line 13: auth.jwt[0] \
                    must have exactly one of key-file, jwks-file and jwks-url, but has 2.
                    auth: {jwt: [{name: x, algorithm: HS256, jwks-file: b}]} | line 13: auth.jwt[0]: HS256 takes its \
                    secret from key-file only.
                    auth: {jwt: [{name: x, algorithm: RS256, jwks-url: "http://x.example.org"}]} | line 13: \
                    auth.jwt[0].jwks-url must begin with https://, but is "http://x.example.org".
                    auth: {jwt: [{name: x, algorithm: RS256, key-file: /none.pem}]} | line 13: auth.jwt[0].key-file: \
                    the file /none.pem does not exist or cannot be read.
                    """)
    void what_cannot_work_together_is_refused_at_the_key(String wrong, String sentence) {
        ConfigFile file = ConfigFixture.parse(folder, ConfigFixture.yaml() + wrong);

        assertThatThrownBy(file::check)
                .isInstanceOf(ConfigException.class)
                .hasMessage(folder.resolve("parley.yaml") + ", " + sentence);
    }

    @Test
    void plain_text_on_all_addresses_passes_when_it_is_allowed_in_so_many_words() {
        String yaml = ConfigFixture.yaml() + "http: {host: 0.0.0.0, allow-plain-text: true}\n";
        ConfigFile file = ConfigFixture.parse(folder, yaml);

        assertThat(file.check()).isSameAs(file);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {id: n1, host: b, raft-port: 1, peer-port: 2, http-url: http://b}                 | line 13: the \
                    node id n1 is given to two nodes.
                    {id: n2, host: 127.0.0.1, raft-port: 10080, peer-port: 2, http-url: http://b}     | line 13: \
                    cluster.nodes[0].raft-port and cluster.nodes[1].raft-port are both 127.0.0.1:10080.
                    {id: n2, host: 127.0.0.1, raft-port: 1, peer-port: 1, http-url: http://b}         | line 13: \
                    cluster.nodes[1].raft-port and cluster.nodes[1].peer-port are both 127.0.0.1:1.
                    """)
    void nodes_that_collide_are_refused(String second, String sentence) {
        ConfigFile file = ConfigFixture.parse(folder, ConfigFixture.yaml() + "    - " + second);

        assertThatThrownBy(file::check)
                .isInstanceOf(ConfigException.class)
                .hasMessage(folder.resolve("parley.yaml") + ", " + sentence);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void a_replication_that_one_node_cannot_have_is_refused(int replication) {
        String yaml = ConfigFixture.yaml().replace("name: test", "name: test\n  replication: " + replication);
        ConfigFile file = ConfigFixture.parse(folder, yaml);

        assertThatThrownBy(file::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith(
                        "line 6: cluster.replication must be 1, 3 or 5 and at most the number of nodes (1),"
                                + " but is %d.",
                        replication);
    }

    @Test
    void a_node_that_is_not_of_the_cluster_is_refused() {
        ConfigFile file = ConfigFixture.parse(folder, ConfigFixture.yaml().replaceFirst("id: n1", "id: n7"));

        assertThatThrownBy(file::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("line 2: node.id must be one of cluster.nodes (n1), but is \"n7\".");
    }

    @Test
    void a_missing_secret_file_is_refused_with_the_command_that_makes_it() throws IOException {
        Files.delete(secret);
        ConfigFile file = ConfigFixture.parse(folder, ConfigFixture.yaml());

        assertThatThrownBy(file::check)
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "%s, line 6: cluster.secret-file: the secret file %s does not exist; "
                                + "make it with: (umask 077; openssl rand -hex 32 > %s)",
                        folder.resolve("parley.yaml"), secret, secret);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
    void a_secret_file_that_others_may_read_or_write_is_refused_with_the_remedy(String mode) throws IOException {
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString(mode));
        ConfigFile file = ConfigFixture.parse(folder, ConfigFixture.yaml());

        assertThatThrownBy(file::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("can be read or written by other users; run: chmod 600 " + secret);
    }

    @ParameterizedTest
    @CsvSource({
        "'apns: {key-file: KEY, key-id: ABCDE12345, team-id: ABCDE12345, topic: org.example}', apns.key-file",
        "'fcm: {service-account-file: KEY}', fcm.service-account-file",
        "'webpush: {key-file: KEY, subject: \"mailto:a@example.org\"}', webpush.key-file"
    })
    void a_key_of_push_that_is_missing_or_that_others_may_read_is_refused(String section, String key)
            throws IOException {
        Path pushKey = folder.resolve("push.key");
        ConfigFile file = ConfigFixture.parse(
                folder, ConfigFixture.yaml() + "push: {" + section.replace("KEY", pushKey.toString()) + "}");
        String place = folder.resolve("parley.yaml") + ", line 13: push." + key + ": the secret file " + pushKey;

        assertThatThrownBy(file::check).hasMessage(place + " does not exist; docs/runbook/push.md says how to get it.");
        ConfigFixture.secretFile(pushKey, "key");
        assertThat(file.check()).isSameAs(file);
        Files.setPosixFilePermissions(pushKey, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(file::check)
                .hasMessage(place + " can be read or written by other users; run: chmod 600 " + pushKey);
    }

    @Test
    void messages_to_google_are_not_sent_without_tls_and_certificates_must_be_there() throws IOException {
        ConfigFixture.secretFile(folder.resolve("fcm.json"), "key");
        String fcm = ConfigFixture.yaml() + "push: {fcm: {service-account-file: fcm.json, ";

        assertThatThrownBy(() -> ConfigFixture.parse(folder, fcm + "endpoint: \"http://fcm.example.org\"}}")
                        .check())
                .hasMessageEndingWith("push.fcm.endpoint must begin with https://, but is \"http://fcm.example.org\".");
        assertThatThrownBy(() -> ConfigFixture.parse(folder, fcm + "trusted-certificates: /none.pem}}")
                        .check())
                .hasMessageEndingWith(
                        "push.fcm.trusted-certificates: the file /none.pem does not exist or cannot be" + " read.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "9f2c4be1a07d5e3318c6f0b2d49e7a51",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "n5xL4aB9XjMYxvCy1J56Uct+YP0nqQ==",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa aaaa"
            })
    void a_secret_that_is_short_or_a_pattern_is_refused_and_not_shown(String weak) throws IOException {
        ConfigFixture.secretFile(secret, weak);
        ConfigFile file = ConfigFixture.parse(folder, ConfigFixture.yaml());

        assertThatThrownBy(file::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("must hold at least 32 random bytes in hex, base64 or raw; make it with: ")
                .message()
                .satisfies(message ->
                        assertThat(weak.isEmpty() || !message.contains(weak)).isTrue());
    }

    @Test
    void hex_base64_and_raw_secrets_give_their_bytes() throws IOException {
        byte[] bytes = java.util.HexFormat.of().parseHex(ConfigFixture.SECRET);
        Path base64 = ConfigFixture.secretFile(
                folder.resolve("base64"), java.util.Base64.getEncoder().encodeToString(bytes) + "\n");
        Path url = ConfigFixture.secretFile(
                folder.resolve("url"),
                java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        Path raw = ConfigFixture.secretFile(folder.resolve("raw"), "");
        Files.write(raw, bytes);

        assertThat(SecretFile.bytes(secret)).isEqualTo(bytes);
        assertThat(SecretFile.bytes(base64)).isEqualTo(bytes);
        assertThat(SecretFile.bytes(url)).isEqualTo(bytes);
        assertThat(SecretFile.bytes(raw)).isEqualTo(bytes);
    }

    @Test
    void an_admin_token_that_is_too_short_is_refused_at_its_key() throws IOException {
        ConfigFixture.secretFile(folder.resolve("admin.token"), "letmein\n");
        ConfigFile file = ConfigFixture.parse(folder, ConfigFixture.yaml() + "admin: {token-file: admin.token}\n");

        assertThatThrownBy(file::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("line 13: admin.token-file: the token file ")
                .hasMessageContaining("must hold one word of 16 or more printable ASCII characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "localhost", "LOCALHOST", "::1", "[::1]"})
    void loopback_names_are_known_by_their_spelling(String host) {
        assertThat(Loopback.is(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1.example.org", "localhost.example.org", "0.0.0.0", "::", "10.0.0.1", ""})
    void other_names_are_not_loopback(String host) {
        assertThat(Loopback.is(host)).isFalse();
    }
}
