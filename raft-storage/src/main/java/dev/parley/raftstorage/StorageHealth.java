package dev.parley.raftstorage;

import java.util.List;

/// Whether this node can store.
///
/// @param writable false: every submit is answered [SubmitOutcome.Unavailable]
/// @param problems one sentence each, for `/readyz`; empty when all is well
/// @param fatal something failed that only a restart of the process heals
public record StorageHealth(boolean writable, boolean fatal, List<String> problems) {
    public StorageHealth {
        problems = List.copyOf(problems);
    }
}
