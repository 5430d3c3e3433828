package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.StorageLimits;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.SubmitOutcome.Cause;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.ClientId;
import org.jspecify.annotations.Nullable;

/// Takes the batches for one group: hands them to the present leadership, or says why there is none.
final class Submitter<A> {
    private final LedTerm.Context context;

    /// Leaderships of which proposals may be under way, by Ratis' name for their client.
    private final Map<ClientId, LedTerm<A>> terms = new ConcurrentHashMap<>();

    private volatile @Nullable LedTerm<A> term;

    Submitter(LedTerm.Context context) {
        this.context = context;
    }

    /// Begins a leadership: a new client id for Ratis, so that whatever it remembers of the last one stays behind.
    void lead(long firstMillis) {
        stop(Optional.empty());
        terms.values().removeIf(LedTerm::isDrained);
        LedTerm<A> begun = new LedTerm<>(context, firstMillis);
        terms.put(begun.clientId(), begun);
        term = begun;
    }

    void stop(Optional<NodeId> successor) {
        LedTerm<A> ended = term;
        if (ended != null) {
            ended.end(successor);
        }
    }

    /// Lets a proposal into the log, if it was made in the leadership that lasts.
    ///
    /// Ratis asks under the lock under which it gives a leadership up and says so. So the answer holds until the
    /// entry is appended, and what is proposed in one term is never appended in a later one
    /// (docs/decisions/0006-entries-keep-to-their-term.md).
    ///
    /// @return false if it is too late; nothing happened then
    boolean admit(ClientId client, long callId) {
        LedTerm<A> current = term;
        if (current == null || !current.clientId().equals(client) || current.isOver()) {
            return false;
        }
        current.proposal(callId).ifPresent(Proposal::markAppending);
        return true;
    }

    /// The proposal behind an entry of the log, if it was made here and somebody waits for it.
    Optional<Proposal<A>> proposal(ClientId client, long callId) {
        LedTerm<A> made = terms.get(client);
        return made == null ? Optional.empty() : made.proposal(callId);
    }

    /// Says why commands can never be taken, if so.
    static <A> @Nullable SubmitOutcome<A> refusal(List<byte[]> commands) {
        if (commands.isEmpty()) {
            return new SubmitOutcome.Refused<>("no commands");
        }
        long bytes = StorageLimits.entryBytes(commands);
        return bytes > StorageLimits.ENTRY_BYTES_MAX
                ? new SubmitOutcome.Refused<>(
                        "batch of " + bytes + " bytes, an entry holds " + StorageLimits.ENTRY_BYTES_MAX)
                : null;
    }

    /// Takes commands that are no [#refusal].
    CompletableFuture<SubmitOutcome<A>> submit(List<byte[]> commands) {
        LedTerm<A> current = term;
        if (current == null) {
            return CompletableFuture.completedFuture(
                    new SubmitOutcome.Unavailable<>(Cause.NOT_READY, "not leading yet"));
        }
        CompletableFuture<SubmitOutcome<A>> outcome = new CompletableFuture<>();
        current.submit(new Proposal.Batch<>(List.copyOf(commands), StorageLimits.commandBytes(commands), outcome));
        return outcome;
    }
}
