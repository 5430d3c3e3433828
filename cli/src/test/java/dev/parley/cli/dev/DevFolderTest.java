package dev.parley.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.cli.CommandFailed;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevFolderTest {

    @TempDir
    private Path temp = Path.of("");

    private Path folder;

    @BeforeEach
    void name() {
        folder = temp.resolve("dev");
    }

    private DevPlan plan(int nodes) {
        return new DevPlan(folder, nodes, 18_080, 4);
    }

    private void makeOnce(int nodes) {
        try (DevFolder made = DevFolder.open(plan(nodes))) {
            made.prepare(false);
        }
    }

    private String refusal(DevPlan plan, boolean fresh) {
        var thrown = assertThatExceptionOfType(CommandFailed.class).isThrownBy(() -> {
            try (DevFolder opened = DevFolder.open(plan)) {
                opened.prepare(fresh);
                throw new AssertionError("should not have opened: " + opened.hashCode());
            }
        });
        thrown.satisfies(failed -> assertThat(failed.exitCode()).isEqualTo(CommandFailed.MISTAKE));
        return thrown.actual().sentence();
    }

    @Test
    void a_new_folder_holds_a_secret_for_this_user_only_and_a_configuration_per_node() throws Exception {
        makeOnce(3);

        Path secret = folder.resolve("cluster.secret");
        assertThat(Files.readString(secret).strip()).matches("[0-9a-f]{64}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(folder.resolve("n2/node.yaml")))
                .contains("  id: n2\n", "  port: 18081\n", "  port: 19081\n", "raft-port: 20082", "peer-port: 21080");
    }

    @Test
    void the_same_plan_continues_with_the_same_secret() throws Exception {
        makeOnce(1);
        String secret = Files.readString(folder.resolve("cluster.secret"));

        makeOnce(1);

        assertThat(Files.readString(folder.resolve("cluster.secret"))).isEqualTo(secret);
    }

    @Test
    void another_number_of_nodes_is_refused_with_what_to_do() {
        makeOnce(1);

        assertThat(refusal(plan(3), false)).contains("--nodes 1", "not 3", "--fresh");
        assertThat(refusal(new DevPlan(folder, 1, 18_090, 4), false)).contains("--http-port 18080");
    }

    @Test
    void a_taken_port_is_refused_with_what_to_do() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // The peer port of the plan: a port that the system gives may be too high to be the first one.
            DevPlan plan = new DevPlan(folder, 1, taken.getLocalPort() - 3_000, 4);

            assertThatExceptionOfType(CommandFailed.class)
                    .isThrownBy(plan::requireFreePorts)
                    .satisfies(failed -> assertThat(failed.sentence()).contains("on 127.0.0.1", "--http-port"))
                    .satisfies(failed -> assertThat(failed.exitCode()).isEqualTo(CommandFailed.MISTAKE));
        }
    }

    @Test
    void fresh_wipes_what_parley_dev_made() throws Exception {
        makeOnce(1);
        Files.writeString(folder.resolve("n1/data/old"), "data");

        try (DevFolder opened = DevFolder.open(plan(3))) {
            opened.prepare(true);
            assertThat(opened).isNotNull();
            assertThat(folder.resolve("n1/data/old")).doesNotExist();
            assertThat(folder.resolve("n3/node.yaml")).exists();
        }
    }

    @Test
    void a_folder_of_somebody_else_is_neither_used_nor_wiped() throws Exception {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("thesis.txt"), "years of work");

        assertThat(refusal(plan(1), false)).contains("was not made by parley dev");
        assertThat(refusal(plan(1), true)).contains("was not made by parley dev");
        assertThat(folder.resolve("thesis.txt")).hasContent("years of work");
    }

    @Test
    void two_clusters_cannot_share_a_folder() {
        try (DevFolder opened = DevFolder.open(plan(1))) {
            opened.prepare(false);
            assertThat(opened).isNotNull();
            assertThat(refusal(plan(1), true)).contains("another parley dev is using");
        }
    }

    @Test
    void a_file_in_the_way_is_named() throws Exception {
        Files.writeString(folder, "not a folder");

        assertThat(refusal(plan(1), false)).contains("is a file");
    }
}
