package dev.parley.jepsen.run;

import java.nio.file.Path;

/// What to run.
///
/// @param seconds for how long clients ask and the nemesis hurts
/// @param seed from which all chance of generators and nemesis comes
/// @param store the folder that gets a folder for this run
public record RunOptions(String workload, String nemesis, int seconds, Backend backend, long seed, Path store) {

    /// Where the nodes run.
    public enum Backend {
        LOCAL,
        NETNS
    }

    /// The command that runs the same again.
    String command() {
        return "./parley jepsen run --workload %s --nemesis %s --time %d --backend %s --seed %d"
                .formatted(workload, nemesis, seconds, backend.name().toLowerCase(java.util.Locale.ROOT), seed);
    }
}
