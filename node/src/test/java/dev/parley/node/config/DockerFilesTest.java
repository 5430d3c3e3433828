package dev.parley.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/// What can be said of `config/docker` without Docker.
class DockerFilesTest {
    private static final Path ROOT = Path.of("..");
    private static final Path DOCKER = ROOT.resolve("config").resolve("docker");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"n1", "n2", "n3"})
    void each_node_passes_all_checks_with_what_compose_gives_it(String node) throws IOException {
        Path secret = ConfigFixture.secretFile(folder.resolve("secret"), ConfigFixture.SECRET);
        Map<String, String> environment = Map.of(
                "PARLEY_NODE_ID", variable(node, "PARLEY_NODE_ID"), "PARLEY_CLUSTER_SECRET_FILE", secret.toString());

        NodeConfig config = ConfigFile.load(DOCKER.resolve("parley.yaml"), environment)
                .check()
                .config();

        assertThat(config.self().id().value()).isEqualTo(node);
        assertThat(config.cluster().replicas()).isEqualTo(3);
        String published = String.valueOf(list(service(node), "ports").getFirst());
        assertThat(published)
                .startsWith("127.0.0.1:")
                .endsWith(":" + config.http().port());
        assertThat(config.self().httpUrl().toString()).isEqualTo("http://" + published.replaceAll(":\\d+$", ""));
    }

    @Test
    void the_nodes_have_volumes_of_their_own_and_the_secret_where_the_settings_look_for_it() throws IOException {
        NodeConfig config =
                ConfigFile.load(DOCKER.resolve("parley.yaml"), Map.of()).config();
        Set<String> volumes = new TreeSet<>();
        for (Object node : section(compose(), "services").keySet()) {
            list(service(String.valueOf(node)), "volumes").stream()
                    .map(String::valueOf)
                    .filter(mount -> mount.endsWith(":" + config.node().dataDir()))
                    .forEach(mount -> assertThat(volumes.add(mount)).isTrue());
            assertThat(service(String.valueOf(node)).get("secrets"))
                    .isEqualTo(
                            List.of(config.cluster().secretFile().getFileName().toString()));
        }
        assertThat(volumes).hasSize(3);
        assertThat(config.cluster().secretFile()).hasParentRaw(Path.of("/run/secrets"));
    }

    @Test
    void the_image_is_made_from_what_is_there() throws IOException {
        String file = Files.readString(DOCKER.resolve("Dockerfile"));
        String launcher = Files.readString(ROOT.resolve("systemd/deb/parley.sh"));

        assertThat(launcher)
                .contains("@JVM_FLAGS@", "@NODE_COMMANDS@", "root=/usr/lib/parley", "$root/runtime/bin/java");
        assertThat(file).contains("systemd/deb/parley.sh", "USER 10001:10001", "/readyz", "VOLUME /var/lib/parley");
        assertThat(Files.readString(ROOT.resolve("parley"))).containsPattern("(?m)^  node \\|.*\\)$");
        assertThat(Pattern.compile("-pl (\\S+)").matcher(file).results().map(found -> found.group(1)))
                .allSatisfy(modules -> assertThat(List.of(modules.split(",", -1)))
                        .allMatch(module -> Files.exists(ROOT.resolve(module).resolve("pom.xml"))));
    }

    private static String variable(String node, String name) throws IOException {
        return String.valueOf(section(service(node), "environment").get(name));
    }

    private static Map<?, ?> service(String node) throws IOException {
        return section(section(compose(), "services"), node);
    }

    private static Map<?, ?> compose() throws IOException {
        return (Map<?, ?>) new Yaml().load(Files.readString(DOCKER.resolve("compose.yaml")));
    }

    private static Map<?, ?> section(Map<?, ?> yaml, String key) {
        return (Map<?, ?>) Objects.requireNonNull(yaml.get(key), key);
    }

    private static List<?> list(Map<?, ?> yaml, String key) {
        return (List<?>) Objects.requireNonNull(yaml.get(key), key);
    }
}
