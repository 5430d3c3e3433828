package dev.parley.jepsen.nemesis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// All nemeses by name.
public final class Nemeses {

    /// What a backend must have for a nemesis.
    public enum Need {
        NOTHING,
        LINKS,
        DISKS
    }

    private record Known(Need need, List<Fault> faults) {}

    private static final Map<String, Known> ALL = all();

    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    public static Need need(String name) {
        return known(name).need();
    }

    /// The one of that name.
    ///
    /// @throws IllegalArgumentException if there is none of that name; the message lists those that there are
    public static Nemesis of(String name, SplittableRandom random) {
        return new Nemesis(known(name).faults(), random);
    }

    private static Known known(String name) {
        Known known = ALL.get(name);
        if (known == null) {
            throw new IllegalArgumentException(
                    "there is no nemesis " + name + "; there are " + String.join(", ", names()));
        }
        return known;
    }

    private static Map<String, Known> all() {
        Map<String, Known> all = new LinkedHashMap<>();
        List<Fault> processes = new ArrayList<>();
        List<Fault> network = new ArrayList<>();
        List<Fault> power = new ArrayList<>();
        for (Target target : Target.values()) {
            processes.add(new Kill(target));
            processes.add(new Pause(target));
            power.add(new PowerCut(target));
        }
        for (Partition.Shape shape : Partition.Shape.values()) {
            network.add(new Partition(shape));
        }
        power.add(new PauseThenPowerCut());
        power.add(new FullDisk());
        for (SyncFault.Kind kind : SyncFault.Kind.values()) {
            power.add(new SyncFault(kind));
        }
        processes.add(new RollingRestart());
        processes.add(new LeaderTransfer());
        List<Fault> files = new ArrayList<>(List.of(new Wipe()));
        for (Damage.Kind kind : Damage.Kind.values()) {
            files.add(new Damage(kind));
        }
        all.put("none", new Known(Need.NOTHING, List.of()));
        processes.forEach(fault -> all.put(fault.name(), new Known(Need.NOTHING, List.of(fault))));
        network.forEach(fault -> all.put(fault.name(), new Known(Need.LINKS, List.of(fault))));
        power.forEach(fault -> all.put(fault.name(), new Known(Need.DISKS, List.of(fault))));
        files.forEach(fault -> all.put(fault.name(), new Known(Need.NOTHING, List.of(fault))));
        all.put("mixed-processes", new Known(Need.NOTHING, processes));
        List<Fault> mixed = new ArrayList<>(processes);
        mixed.addAll(network);
        mixed.addAll(power);
        mixed.addAll(files);
        all.put("mixed", new Known(Need.DISKS, mixed));
        all.put("red-lying-fsync", new Known(Need.DISKS, List.of(new LyingSync())));
        return all;
    }

    private Nemeses() {}
}
