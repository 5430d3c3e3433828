package dev.parley.raftstorage.memory;

import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.SubmitOutcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Commands submitted together, and who waits for their answers.
record Batch<A>(List<byte[]> commands, CompletableFuture<SubmitOutcome<A>> outcome) {
    Batch {
        commands = List.copyOf(commands);
    }

    long bytes() {
        return StorageLimits.commandBytes(commands);
    }
}
