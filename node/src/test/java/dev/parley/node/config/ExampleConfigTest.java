package dev.parley.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.node.certs.IssuedFiles;
import dev.parley.node.tls.KeyMaterial;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleConfigTest {
    private static final Path EXAMPLE = Path.of("..", "config", "parley.example.yaml");

    @TempDir
    private Path folder;

    @Test
    void the_example_as_it_is_passes_all_checks_but_for_its_paths() throws IOException {
        Path secret = ConfigFixture.secretFile(folder.resolve("secret"), ConfigFixture.SECRET);
        KeyMaterial.Files issued = new IssuedFiles(folder.resolve("certs"), "example").node("n1");
        Map<String, String> paths = Map.of(
                "PARLEY_NODE_DATA_DIR", folder.toString(),
                "PARLEY_CLUSTER_SECRET_FILE", secret.toString(),
                "PARLEY_CLUSTER_TLS_CERTIFICATE_FILE", issued.certificate().toString(),
                "PARLEY_CLUSTER_TLS_KEY_FILE", issued.key().toString(),
                "PARLEY_CLUSTER_TLS_CA_FILE", issued.authority().orElseThrow().toString());

        ConfigFile example = ConfigFile.load(EXAMPLE, paths).check();

        assertThat(example.config().cluster().replicas()).isEqualTo(3);
    }

    @Test
    void every_key_is_in_the_example_on_or_off() throws IOException {
        Map<String, Place> places = wholeExample();

        assertThat(places.keySet()).containsAll(keys(NodeConfig.class, ""));
    }

    @Test
    void a_value_that_the_example_shows_is_the_default_where_there_is_one() throws IOException {
        YamlNode root = YamlReader.read(Files.readString(EXAMPLE), "example");
        List<String> wrong = new ArrayList<>();

        compareWithDefaults(NodeConfig.class, "", root, wrong);

        assertThat(wrong).isEmpty();
    }

    @Test
    void no_two_keys_share_a_variable() {
        List<String> variables = keys(NodeConfig.class, "").stream()
                .filter(key -> !key.contains("["))
                .map(Keys::variable)
                .toList();

        assertThat(variables).doesNotHaveDuplicates().contains("PARLEY_HTTP_ALLOW_PLAIN_TEXT");
    }

    /// Where each key is written once everything that is off is switched on.
    private static Map<String, Place> wholeExample() throws IOException {
        String everything = Files.readString(EXAMPLE).replaceAll("(?m)^( *)#([-a-z])", "$1$2");
        ConfigBinder binder = new ConfigBinder(Path.of("/"), Map.of());
        binder.bind(YamlReader.read(everything, EXAMPLE.toString()));
        Map<String, Place> places = new java.util.HashMap<>(binder.places());
        places.values().removeIf(ConfigBinder.DEFAULT::equals);
        return places;
    }

    private static List<String> keys(Class<?> section, String path) {
        List<String> keys = new ArrayList<>();
        for (RecordComponent component : section.getRecordComponents()) {
            String key = Keys.join(path, Keys.key(component));
            keys.add(key);
            boolean list = component.getType() == List.class;
            boolean wrapped = list || component.getType() == Optional.class;
            Class<?> type = wrapped ? Keys.elementType(component) : component.getType();
            if (Keys.isSection(type)) {
                keys.addAll(keys(type, list ? key + "[0]" : key));
            }
        }
        return keys;
    }

    private static void compareWithDefaults(Class<?> section, String path, YamlNode node, List<String> wrong) {
        YamlNode.Mapping mapping = (YamlNode.Mapping) node;
        for (RecordComponent component : section.getRecordComponents()) {
            String key = Keys.key(component);
            YamlNode written = mapping.entries().get(key);
            if (written instanceof YamlNode.Mapping) {
                Class<?> inner =
                        component.getType() == Optional.class ? Keys.elementType(component) : component.getType();
                compareWithDefaults(inner, Keys.join(path, key), written, wrong);
            } else if (written instanceof YamlNode.Scalar shown) {
                String byDefault = Rule.of(component).byDefault();
                if (!byDefault.isEmpty() && !byDefault.equals(shown.text())) {
                    wrong.add(
                            "%s: %s, but the default is %s".formatted(shown.place(), Keys.join(path, key), byDefault));
                }
            }
        }
    }
}
