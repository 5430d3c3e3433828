package dev.parley.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirectoryTest {
    private static final byte[] SECRET = "a secret of the cluster, 32 bytes".getBytes(StandardCharsets.UTF_8);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

    @TempDir
    private Path folder;

    @Test
    void a_new_directory_is_made_for_its_owner_alone_and_is_founding() throws IOException {
        try (DataDirectory directory = open(ConfigFixture.yaml())) {
            assertThat(directory.founding()).isTrue();
            assertThat(directory.path()).isEqualTo(folder.resolve("data"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
                    .isEqualTo("rwx------");
            assertThat(directory.identity().nodeId()).isEqualTo("n1");
            assertThat(directory.identity().createdAt()).isEqualTo(CLOCK.instant());
        }
    }

    @Test
    void a_directory_stays_founding_until_the_storage_was_set_up_once() {
        open(ConfigFixture.yaml()).close();
        try (DataDirectory interrupted = open(ConfigFixture.yaml())) {
            assertThat(interrupted.founding()).isTrue();
            interrupted.markFounded();
            assertThat(interrupted.founding()).isFalse();
        }

        try (DataDirectory later = open(ConfigFixture.yaml())) {
            assertThat(later.founding()).isFalse();
            assertThat(later.identity().createdAt()).isEqualTo(CLOCK.instant());
        }
    }

    @Test
    void nodes_with_one_secret_and_name_agree_on_the_clusters_id() {
        byte[] other = "another secret of other, 32 bytes".getBytes(StandardCharsets.UTF_8);

        String id = DataIdentity.clusterId("test", SECRET);

        assertThat(id).matches("[0-9a-f]{32}").isEqualTo(DataIdentity.clusterId("test", SECRET.clone()));
        assertThat(id).isNotEqualTo(DataIdentity.clusterId("other", SECRET));
        assertThat(id).isNotEqualTo(DataIdentity.clusterId("test", other));
    }

    @Test
    void a_directory_in_use_is_refused_and_free_again_after_close() {
        DataDirectory first = open(ConfigFixture.yaml());

        assertRefused(
                ConfigFixture.yaml(),
                SECRET,
                " is in use by another running node; stop that one, or give this one its own.");

        first.close();
        try (DataDirectory second = open(ConfigFixture.yaml())) {
            assertThat(second.identity()).isEqualTo(first.identity());
        }
    }

    @Test
    void the_directory_of_another_node_is_refused() {
        open(ConfigFixture.yaml()).close();

        assertRefused(
                ConfigFixture.yaml().replace("id: n1", "id: n2"),
                SECRET,
                " belongs to the node \"n1\", but node.id is \"n2\".");
    }

    @Test
    void the_directory_of_another_cluster_is_refused() {
        open(ConfigFixture.yaml()).close();

        assertRefused(
                ConfigFixture.yaml().replace("name: test", "name: prod"),
                SECRET,
                " belongs to the cluster \"test\", but cluster.name is \"prod\".");
    }

    @Test
    void the_directory_of_a_cluster_of_the_same_name_is_refused() {
        open(ConfigFixture.yaml()).close();

        assertRefused(
                ConfigFixture.yaml(),
                "another secret of other, 32 bytes".getBytes(StandardCharsets.UTF_8),
                " belongs to another cluster \"test\": "
                        + "it was founded with another secret than the one in cluster.secret-file.");
    }

    @Test
    void another_number_of_partitions_is_refused() {
        open(ConfigFixture.yaml()).close();

        assertRefused(
                ConfigFixture.yaml().replace("name: test", "name: test\n  partitions: 8"),
                SECRET,
                " was founded with 16 partitions, but cluster.partitions is 8; their number cannot change.");
    }

    @Test
    void a_newer_format_is_refused_whatever_else_the_file_says() throws IOException {
        identity("{\"formatVersion\": 2, \"nodes\": [\"n1\"]}");

        assertRefused(
                ConfigFixture.yaml(),
                SECRET,
                " has format 2, written by a newer Parley; this one reads up to 1, so run the newer one.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"formatVersion\": 1}",
                "{\"formatVersion\":1,\"clusterName\":\"test\",\"clusterId\":\"x\",\"nodeId\":\"n1\",\"partitions\":16,"
                        + "\"createdAt\":\"yesterday\",\"founded\":true}"
            })
    void a_damaged_identity_is_refused_and_left_as_it_is(String damaged) throws IOException {
        Path file = identity(damaged);

        assertRefused(
                ConfigFixture.yaml(),
                SECRET,
                "parley.json is damaged; restore it, or give the node a new data directory.");
        assertThat(file).hasContent(damaged);
    }

    @Test
    void a_directory_with_data_of_no_node_is_refused_and_left_as_it_is() throws IOException {
        Path photo = Files.createDirectory(folder.resolve("data")).resolve("photo.jpg");
        Files.writeString(photo, "holiday");

        assertRefused(
                ConfigFixture.yaml(), SECRET, " holds photo.jpg but no parley.json; give an empty or new directory.");
        assertThat(photo).hasContent("holiday");
        assertThat(folder.resolve("data/parley.json")).doesNotExist();
    }

    @Test
    void a_file_in_its_place_is_refused() throws IOException {
        Files.writeString(folder.resolve("data"), "a file");

        assertRefused(ConfigFixture.yaml(), SECRET, " is a file, not a directory.");
    }

    @Test
    void a_directory_that_cannot_be_made_is_refused() throws IOException {
        Files.writeString(folder.resolve("file"), "a file");

        assertThatThrownBy(() -> open(ConfigFixture.yaml().replace("data-dir: data", "data-dir: file/data")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("cannot be made (");
    }

    @Test
    void a_draft_that_a_crash_left_behind_does_no_harm() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(data.resolve("parley.json.new"), "{\"half");

        open(ConfigFixture.yaml()).close();

        try (Stream<Path> files = Files.list(data)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("parley.json", "parley.lock");
        }
    }

    private DataDirectory open(String yaml) {
        return DataDirectory.open(ConfigFixture.parse(folder, yaml).config(), SECRET, CLOCK);
    }

    private void assertRefused(String yaml, byte[] secret, String sentence) {
        NodeConfig config = ConfigFixture.parse(folder, yaml).config();
        assertThatThrownBy(() -> DataDirectory.open(config, secret, CLOCK))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(folder.resolve("data").toString())
                .hasMessageEndingWith(sentence);
    }

    private Path identity(String content) throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        return Files.writeString(data.resolve("parley.json"), content);
    }
}
