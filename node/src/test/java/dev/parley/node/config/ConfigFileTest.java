package dev.parley.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.raftstorage.NodeId;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    @TempDir
    private Path folder;

    @Test
    void keys_that_are_not_given_have_their_defaults() {
        NodeConfig config = ConfigFixture.parse(folder, ConfigFixture.yaml()).config();

        assertThat(config.http().host()).isEqualTo("127.0.0.1");
        assertThat(config.http().port()).isEqualTo(8080);
        assertThat(config.http().publicUrl()).isEmpty();
        assertThat(config.admin().port()).isEqualTo(9080);
        assertThat(config.cluster().partitions()).isEqualTo(16);
        assertThat(config.limits().requestDeadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.auth().sessionTokenTtl()).isEqualTo(Duration.ofDays(30));
        assertThat(config.auth().jwt()).isEmpty();
    }

    @Test
    void every_kind_of_value_is_read() {
        String yaml = ConfigFixture.yaml() + """
                http:
                  port: 0
                  allow-plain-text: true
                  public-url: https://chat.example.org
                  allowed-origins: ["https://a.example.org", "https://b.example.org"]
                storage:
                  free-bytes-min: 5000000000
                auth:
                  jwt:
                    - {name: shop, algorithm: EdDSA, key-file: /etc/shop.pem}
                  session-token-ttl: 90m
                """;

        NodeConfig config = ConfigFixture.parse(folder, yaml).config();

        assertThat(config.self().id()).isEqualTo(new NodeId("n1"));
        assertThat(config.http().port()).isZero();
        assertThat(config.http().allowPlainText()).isTrue();
        assertThat(config.http().publicUrl()).contains(URI.create("https://chat.example.org"));
        assertThat(config.http().allowedOrigins()).containsExactly("https://a.example.org", "https://b.example.org");
        assertThat(config.storage().freeBytesMin()).isEqualTo(5_000_000_000L);
        assertThat(config.auth().jwt().getFirst().algorithm()).isEqualTo(NodeConfig.JwtAlgorithm.EdDSA);
        assertThat(config.auth().sessionTokenTtl()).isEqualTo(Duration.ofMinutes(90));
    }

    @Test
    void relative_paths_are_relative_to_the_folder_of_the_file() {
        NodeConfig config = ConfigFixture.parse(folder, ConfigFixture.yaml()).config();

        assertThat(config.node().dataDir()).isEqualTo(folder.resolve("data"));
        assertThat(config.cluster().secretFile()).isEqualTo(folder.resolve("cluster.secret"));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 3", "5, 3"})
    void replication_is_three_where_there_are_three_nodes_and_never_two(int nodes, int replicas) {
        StringBuilder yaml = new StringBuilder(ConfigFixture.yaml());
        for (int number = 2; number <= nodes; number++) {
            yaml.append("    - {id: n%d, host: h%d, raft-port: 1, peer-port: 2, http-url: http://h%d}\n"
                    .formatted(number, number, number));
        }

        NodeConfig config = ConfigFixture.parse(folder, yaml.toString()).config();

        assertThat(config.cluster().replicas()).isEqualTo(replicas);
    }

    @Test
    void the_environment_overrides_the_file_and_an_empty_variable_does_not() {
        Map<String, String> environment = Map.of(
                "PARLEY_HTTP_PORT", "8181",
                "PARLEY_NODE_ID", "",
                "PARLEY_HTTP_ALLOWED_ORIGINS", "[\"https://a.example.org\"]",
                "PARLEY_CLUSTER_NODES",
                        "[{id: n1, host: localhost, raft-port: 1, peer-port: 2, http-url: http://localhost:1}]");

        NodeConfig config = ConfigFile.parse(ConfigFixture.yaml(), folder.resolve("parley.yaml"), environment)
                .config();

        assertThat(config.http().port()).isEqualTo(8181);
        assertThat(config.node().id()).isEqualTo(new NodeId("n1"));
        assertThat(config.http().allowedOrigins()).containsExactly("https://a.example.org");
        assertThat(config.self().host()).isEqualTo("localhost");
    }

    @Test
    void a_section_that_may_be_left_out_is_there_when_the_file_or_the_environment_names_a_key_of_it() {
        String fcm = ConfigFixture.yaml() + "push: {fcm: {service-account-file: fcm.json}}\n";
        Map<String, String> environment = Map.of(
                "PARLEY_PUSH_WEBPUSH_KEY_FILE", "/etc/vapid.pem",
                "PARLEY_PUSH_WEBPUSH_SUBJECT", "mailto:a@example.org",
                "PARLEY_PUSH_APNS_KEY_FILE", "");

        NodeConfig.Push push = ConfigFile.parse(fcm, folder.resolve("parley.yaml"), environment)
                .config()
                .push();

        assertThat(push.fcm()).map(NodeConfig.Fcm::serviceAccountFile).contains(folder.resolve("fcm.json"));
        assertThat(push.webpush()).map(NodeConfig.WebPush::keyFile).contains(Path.of("/etc/vapid.pem"));
        assertThat(push.apns()).isEmpty();
    }

    @Test
    void a_wrong_value_in_the_environment_is_reported_with_its_variable() {
        Map<String, String> environment = Map.of("PARLEY_HTTP_PORT", "many");

        assertThatThrownBy(() -> ConfigFile.parse(ConfigFixture.yaml(), folder.resolve("p.yaml"), environment))
                .isInstanceOf(ConfigException.class)
                .hasMessage("environment variable PARLEY_HTTP_PORT: "
                        + "http.port must be a whole number from 0 to 65535, but is \"many\".");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    http: {prot: 1}               | unknown key http.prot; did you mean http.port?
                    http: {allowPlainText: true}  | unknown key http.allowPlainText; did you mean \
                    http.allow-plain-text?
                    htttp: {}                     | unknown key htttp; did you mean http?
                    admin: {colour: red}          | unknown key admin.colour; the keys here are host, port, \
                    token-file.
                    auth: {jwt: [{nam: x}]}       | unknown key auth.jwt[0].nam; did you mean auth.jwt[0].name?
                    http: {port: many}            | http.port must be a whole number from 0 to 65535, but is "many".
                    http: {port: 65536}           | http.port must be a whole number from 0 to 65535, but is "65536".
                    http: {port: -1}              | http.port must be a whole number from 0 to 65535, but is "-1".
                    http: {port: 80.5}            | http.port must be a whole number from 0 to 65535, but is "80.5".
                    http: {port: }                | http.port has no value; give a whole number from 0 to 65535, or \
                    remove the key.
                    http: {port: [80]}            | http.port must be a whole number from 0 to 65535, but is a list.
                    http: {port: {a: 1}}          | http.port must be a whole number from 0 to 65535, but is a \
                    section of keys.
                    http: {allow-plain-text: yes} | http.allow-plain-text must be true or false, but is "yes".
                    http: {allowed-origins: x}    | http.allowed-origins must be a list, but is x.
                    http: 8080                    | http must be a section with the keys host, port, \
                    allow-plain-text, public-url, allowed-origins, max-connections, tls, but is 8080.
                    http: {public-url: "ftp://x"} | http.public-url must be a URL such as https://chat.example.org, \
                    without user, query and fragment, but is "ftp://x".
                    http: {host: "a b"}           | http.host must be a text that matches [A-Za-z0-9._:-]{1,253}, \
                    but is "a b".
                    auth: {session-token-ttl: 5}  | auth.session-token-ttl must be a duration from 1m to 365d (s, m, \
                    h, d), but is "5".
                    auth: {session-token-ttl: 1s} | auth.session-token-ttl must be a duration from 1m to 365d (s, m, \
                    h, d), but is "1s".
                    auth: {jwt: [{name: x}]}      | auth.jwt[0].algorithm is missing; give one of HS256, RS256, \
                    ES256, EdDSA.
                    push: {webpsh: {}}            | unknown key push.webpsh; did you mean push.webpush?
                    push: {apns: {keyfile: x}}    | unknown key push.apns.keyfile; did you mean push.apns.key-file?
                    push: {apns: {}}              | push.apns.key-file is missing; give a path.
                    push: {apns: }                | push.apns.key-file is missing; give a path.
                    push: {apns: [x]}             | push.apns must be a section with the keys key-file, key-id, \
                    team-id, topic, endpoint, trusted-certificates, permits, but is a list.
                    push: {apns: {key-file: x, key-id: abc}} | push.apns.key-id must be a text that matches \
                    [A-Z0-9]{10}, but is "abc".
                    push: {time-to-live: 30d}     | push.time-to-live must be a duration from 1m to 28d (s, m, h, \
                    d), but is "30d".
                    auth: {jwt: [{name: x, algorithm: none}]} | auth.jwt[0].algorithm must be one of HS256, RS256, \
                    ES256, EdDSA, but is "none".
                    """)
    void a_wrong_key_or_value_is_named_with_its_line_and_what_is_allowed(String wrong, String sentence) {
        String yaml = ConfigFixture.yaml() + wrong;

        assertThatThrownBy(() -> ConfigFixture.parse(folder, yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessage(folder.resolve("parley.yaml") + ", line 13: " + sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    id: n1              | id: N_1            | line 2: node.id must be a name of 1 to 32 of a-z, 0-9 \
                    and -, but is "N_1".
                    '  name: test\n'    | ''                 | line 5: cluster.name is missing; give a text that \
                    matches [a-z0-9-]{1,32}.
                    raft-port: 10080    | raft-port: 0       | line 10: cluster.nodes[0].raft-port must be a whole \
                    number from 1 to 65535, but is "0".
                    name: test          | 'name: test\n  partitions: 65' | line 6: cluster.partitions must be a \
                    whole number from 1 to 64, but is "65".
                    name: test          | node: x            | line 5: unknown key cluster.node; did you mean \
                    cluster.nodes?
                    """)
    void the_line_is_that_of_the_key(String right, String wrong, String sentence) {
        String unescaped = right.replace("\\n", "\n");
        String yaml = ConfigFixture.yaml().replace(unescaped, wrong.replace("\\n", "\n"));

        assertThatThrownBy(() -> ConfigFixture.parse(folder, yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("parley.yaml, ")
                .hasMessageEndingWith(sentence);
    }

    @Test
    void a_missing_section_is_named_by_its_first_key() {
        assertThatThrownBy(() -> ConfigFixture.parse(folder, "http: {port: 80}\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("node.id is missing; give a name of 1 to 32 of a-z, 0-9 and -.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    'node: [unclosed'                  | this is not YAML
                    'node:\n\tid: n1'                  | this is not YAML
                    'a: 1\na: 2'                       | line 2: the key a was given already on line 1; remove one \
                    of the two.
                    'a: &x 1\nb: *x'                   | anchors and aliases (& and *) are not supported
                    'a: &x {b: 1}'                     | anchors and aliases (& and *) are not supported
                    'node: {}\n---\nhttp: {}'          | a second document begins here; one file is one document.
                    ''                                 | the configuration file is empty; see \
                    config/parley.example.yaml.
                    '# nothing'                        | the configuration file is empty; see \
                    config/parley.example.yaml.
                    '- a'                              | the file must be a section with the keys node, cluster,
                    'text'                             | the file must be a section with the keys node, cluster,
                    """)
    void what_is_no_plain_yaml_document_is_refused_with_the_reason(String yaml, String sentence) {
        String unescaped = yaml.replace("\\n", "\n").replace("\\t", "\t");

        assertThatThrownBy(() -> ConfigFixture.parse(folder, unescaped))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(sentence)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void a_file_that_is_missing_or_no_text_is_refused_by_name() throws IOException {
        Path latin = folder.resolve("latin.yaml");
        Files.write(latin, "# caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> ConfigFile.load(folder.resolve("none.yaml"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("the configuration file %s cannot be read (no such file).", folder.resolve("none.yaml"));
        assertThatThrownBy(() -> ConfigFile.load(folder, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("the configuration file %s is a directory.", folder);
        assertThatThrownBy(() -> ConfigFile.load(latin, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("the configuration file %s is not UTF-8 text.", latin);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http: {port: 81, public-url: https://x.org, allowed-origins: [a, b]}\n"
                        + "auth: {jwt: [{name: \"off\", algorithm: HS256, key-file: \"a b\"}]}",
                "push: {preview: true, webpush: {key-file: vapid.pem, subject: \"mailto:a@example.org\"}}"
            })
    void what_print_writes_loads_as_the_same_settings(String more) {
        ConfigFile file = ConfigFixture.parse(folder, ConfigFixture.yaml() + more);

        String printed = file.print();

        assertThat(ConfigFixture.parse(folder, printed).config()).isEqualTo(file.config());
    }

    @Test
    void print_says_where_a_value_came_from() {
        Map<String, String> environment = Map.of("PARLEY_HTTP_PORT", "8181");
        ConfigFile file = ConfigFile.parse(ConfigFixture.yaml(), folder.resolve("parley.yaml"), environment);

        assertThat(file.print())
                .contains("  port: 8181  # environment variable PARLEY_HTTP_PORT\n")
                .contains("  host: \"127.0.0.1\"  # default\n")
                .contains("  id: n1\n");
    }
}
