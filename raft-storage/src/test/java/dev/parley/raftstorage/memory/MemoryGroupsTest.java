package dev.parley.raftstorage.memory;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.LedgerMachine;
import dev.parley.raftstorage.ReplicatedGroups;
import dev.parley.raftstorage.ReplicatedGroupsContract;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

class MemoryGroupsTest extends ReplicatedGroupsContract {
    private final Map<GroupId, LedgerMachine> machines = new HashMap<>();
    private final MemoryGroups<String> groups =
            MemoryGroups.single(group -> machines.computeIfAbsent(group, _ -> new LedgerMachine()), List.of(ONE, TWO));

    @Override
    protected ReplicatedGroups<String> groups() {
        return groups;
    }

    @Override
    protected LedgerMachine machine(GroupId group) {
        return Objects.requireNonNull(machines.get(group));
    }

    @Override
    protected void diskLow(boolean low) {
        groups.diskLow(low);
    }
}
