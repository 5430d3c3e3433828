package dev.parley.node.machine;

import dev.parley.node.log.ClusterCodec;
import dev.parley.node.log.ClusterCommandCodec;
import dev.parley.node.system.ClusterAnswer;
import dev.parley.node.system.ClusterRules;
import dev.parley.node.system.ClusterState;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.Stamp;
import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One replica of the `system` group. Its table has one row, the whole state: it is small, and changes seldom.
/// Owned by
/// the group's apply thread.
public final class ClusterMachine implements ReplicatedMachine<ClusterAnswer> {
    private static final byte[] KEY = "cluster".getBytes(StandardCharsets.US_ASCII);

    private final ClusterState nothing;
    private final Consumer<ClusterState> sink;
    private ClusterState state;

    /// A replica that is not open yet.
    ///
    /// @param nothing what it holds before it is founded; its version is 0
    /// @param sink told of each state that is in the tables; must not block
    public ClusterMachine(ClusterState nothing, Consumer<ClusterState> sink) {
        this.nothing = nothing;
        this.sink = sink;
        this.state = nothing;
    }

    @Override
    public void opened(TableReader tables) {
        byte[] stored = tables.get(Family.STATE, KEY);
        state = stored == null ? nothing : ClusterCodec.decode(stored);
        tell();
    }

    @Override
    public List<ClusterAnswer> apply(Stamp stamp, List<byte[]> commands, TableWriter tables) {
        List<ClusterAnswer> answers = new ArrayList<>(commands.size());
        long before = state.version();
        for (byte[] command : commands) {
            ClusterRules.Decision decision =
                    ClusterRules.decide(state, ClusterCommandCodec.decode(command), stamp.epochMillis());
            state = decision.state();
            answers.add(decision.answer());
        }
        if (state.version() != before) {
            tables.put(Family.STATE, KEY, ClusterCodec.encode(state));
        }
        return answers;
    }

    @Override
    public void written(Stamp stamp) {
        tell();
    }

    private void tell() {
        if (state.version() > 0) {
            sink.accept(state);
        }
    }
}
