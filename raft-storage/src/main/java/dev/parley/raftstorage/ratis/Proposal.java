package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.SubmitOutcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One Raft entry under way: the batches that were merged into it, and what is known of its fate.
///
/// Made and sent by the submitter's thread; marked by Ratis' append; answered by the apply thread, before Ratis
/// completes the request. Ratis' own synchronisation orders these.
final class Proposal<A> {
    final long callId;
    final EntryCodec.Content content;
    final long startedNanos;
    private final List<Batch<A>> batches;
    private volatile boolean appending;
    private volatile @Nullable List<A> answers;
    private volatile long logIndex;

    Proposal(long callId, EntryCodec.Content content, List<Batch<A>> batches, long startedNanos) {
        this.callId = callId;
        this.content = content;
        this.batches = batches;
        this.startedNanos = startedNanos;
    }

    /// From here on the entry may be in the log.
    void markAppending() {
        appending = true;
    }

    boolean mayBeInLog() {
        return appending;
    }

    void applied(List<A> answers, long logIndex) {
        this.logIndex = logIndex;
        this.answers = answers;
    }

    long bytes() {
        return batches.stream().mapToLong(Batch::bytes).sum();
    }

    /// Gives each batch its share of the answers, or tells all of them that nothing certain is known.
    void succeed() {
        List<A> all = answers;
        if (all == null) {
            fail(new SubmitOutcome.Unknown<>("applied, but the answers are missing"));
            return;
        }
        int from = 0;
        for (Batch<A> batch : batches) {
            int to = from + batch.commands().size();
            batch.outcome().complete(new SubmitOutcome.Applied<>(all.subList(from, to), logIndex));
            from = to;
        }
    }

    void fail(SubmitOutcome<A> outcome) {
        batches.forEach(batch -> batch.outcome().complete(outcome));
    }

    /// Commands that one caller submitted together.
    ///
    /// @param bytes what they take in an entry
    record Batch<A>(List<byte[]> commands, long bytes, CompletableFuture<SubmitOutcome<A>> outcome) {}
}
