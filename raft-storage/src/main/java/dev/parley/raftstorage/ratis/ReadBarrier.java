package dev.parley.raftstorage.ratis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;

/// Proves for reads that this node still leads and has applied everything acknowledged before they came.
///
/// One proof at a time serves all reads that waited when it began; those that come meanwhile share the next one. A
/// proof is never begun where the last one completed, because that may be the apply thread, on which Ratis would
/// wait for itself.
final class ReadBarrier {
    private static final int WAITING_MAX = 10_000;

    private final Supplier<CompletableFuture<RaftClientReply>> proof;
    private final Executor starter;
    private List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private boolean underWay;

    /// Makes the barrier of one group.
    ///
    /// @param proof asks Ratis; the reply is a success, or says why not
    /// @param starter runs the beginning of a proof
    ReadBarrier(Supplier<CompletableFuture<RaftClientReply>> proof, Executor starter) {
        this.proof = proof;
        this.starter = starter;
    }

    /// Completes when reading may begin, or exceptionally with what Ratis said.
    CompletableFuture<Void> pass() {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        synchronized (this) {
            if (waiting.size() >= WAITING_MAX) {
                return CompletableFuture.failedFuture(
                        new ResourceUnavailableException(WAITING_MAX + " reads wait already"));
            }
            waiting.add(passed);
            if (underWay) {
                return passed;
            }
            underWay = true;
        }
        starter.execute(this::prove);
        return passed;
    }

    private void prove() {
        List<CompletableFuture<Void>> served;
        synchronized (this) {
            served = waiting;
            waiting = new ArrayList<>();
        }
        CompletableFuture<RaftClientReply> reply;
        try {
            reply = proof.get();
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        var _ = reply.whenComplete((answer, failure) -> {
            next();
            for (CompletableFuture<Void> read : served) {
                if (failure != null) {
                    read.completeExceptionally(failure);
                } else if (answer.isSuccess()) {
                    read.complete(null);
                } else {
                    read.completeExceptionally(answer.getException());
                }
            }
        });
    }

    private void next() {
        synchronized (this) {
            underWay = !waiting.isEmpty();
            if (!underWay) {
                return;
            }
        }
        starter.execute(this::prove);
    }
}
