package dev.parley.node.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.node.placement.Partitioning;
import dev.parley.node.system.ClusterCommand;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.Clusters;
import dev.parley.node.system.Job;
import dev.parley.node.system.JoinToken;
import dev.parley.node.system.Move;
import dev.parley.node.system.NodeEntry;
import dev.parley.raftstorage.NodeId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The golden files are the log format of the `system` group.
class ClusterCommandCodecTest {
    private static final NodeEntry NODE = Clusters.node(4, "rack-1", NodeEntry.State.JOINING);
    private static final Move MOVE =
            Move.waiting(Partitioning.group(0), Optional.of(NODE.id()), Optional.of(new NodeId("n1")));

    static Stream<ClusterCommand> commands() {
        return Stream.of(
                new ClusterCommand.Found(rich()),
                new ClusterCommand.AddToken(JoinToken.hash("token"), 1_700_000_000_000L),
                new ClusterCommand.Join(NODE, JoinToken.hash("token")),
                new ClusterCommand.Introduce(NODE),
                new ClusterCommand.Activate(NODE.id()),
                new ClusterCommand.StartJob(Job.Kind.DRAIN, Optional.of(NODE.id()), List.of(MOVE), 5 << 20, 17),
                new ClusterCommand.NoteStep(3, Partitioning.SYSTEM, Move.Step.CATCHING_UP, "n4 is silent"),
                new ClusterCommand.ControlJob(3, ClusterCommand.Control.ABORT),
                new ClusterCommand.EndJob(3, "1 of 1 moves done"),
                new ClusterCommand.RemoveNode(NODE.id()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_command_has_the_bytes_of_its_golden_file(ClusterCommand command) throws IOException {
        String name = "system/" + command.getClass().getSimpleName() + ".hex";
        if ("rewrite".equals(System.getProperty("parley.golden"))) {
            Path file = Path.of("src/test/resources/dev/parley/node/log", name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, HexFormat.of().formatHex(ClusterCommandCodec.encode(command)) + "\n");
        }
        byte[] golden;
        try (InputStream file = ClusterCommandCodecTest.class.getResourceAsStream(name)) {
            assertThat(file).as("golden file %s", name).isNotNull();
            golden = HexFormat.of().parseHex(new String(file.readAllBytes(), US_ASCII).strip());
        }

        assertThat(ClusterCommandCodec.encode(command)).isEqualTo(golden);
        assertThat(ClusterCommandCodec.decode(golden)).isEqualTo(command);
    }

    @Test
    void every_command_has_a_golden_file() {
        assertThat(commands().map(Object::getClass))
                .containsExactlyInAnyOrderElementsOf(Arrays.asList(ClusterCommand.class.getPermittedSubclasses()));
    }

    @Test
    void what_is_no_command_is_refused() {
        assertThatThrownBy(() -> ClusterCommandCodec.decode(new byte[0])).isInstanceOf(UnknownCommandException.class);
        assertThatThrownBy(() -> ClusterCommandCodec.decode(new byte[] {1, 2, 3}))
                .isInstanceOf(UnknownCommandException.class);
    }

    /// A state with something in every field.
    private static ClusterState rich() {
        ClusterState state = Clusters.of(4, 3, 2, "a", "b");
        Job job = new Job(
                2, Job.Kind.REBALANCE, Job.State.PAUSED, Optional.empty(), 1 << 20, List.of(MOVE), 1_000, 0, "note");
        return new ClusterState(
                7,
                state.partitions(),
                state.replication(),
                state.featureLevel(),
                state.nodes(),
                state.placement(),
                List.of(job),
                List.of(new JoinToken(JoinToken.hash("old"), 5, "n3")));
    }
}
