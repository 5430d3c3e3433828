package dev.parley.node.scrub;

import dev.parley.node.scrub.DigestSource.Answer;
import dev.parley.node.scrub.DigestSource.Question;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicatedGroups;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The replicas on this node.
public record LocalDigests(ReplicatedGroups<?> groups) {
    /// Reading the range comes on top of waiting for the index.
    private static final long PATIENCE_MILLIS = 2 * DigestSource.WAIT.toMillis();

    /// Answers for the replica here. Blocks.
    public Answer ask(Question question) {
        GroupStatus status = groups.status(question.group());
        if (status.state() != GroupStatus.State.RUNNING) {
            return new Answer.Silent("the replica is " + status.state() + " " + status.reason());
        }
        try {
            return switch (groups.readAt(
                            question.group(),
                            question.logIndex(),
                            DigestSource.WAIT,
                            tables -> RangeDigest.of(tables, question.from(), question.bytesMax()))
                    .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                case ReadOutcome.Done<RangeDigest>(RangeDigest range) -> new Answer.At(range);
                case ReadOutcome.NotLeader<RangeDigest> _ -> missed(question, "no replica");
                case ReadOutcome.Unavailable<RangeDigest>(String reason) -> missed(question, reason);
            };
        } catch (TimeoutException e) {
            return missed(question, "not read within " + PATIENCE_MILLIS + " ms");
        } catch (ExecutionException e) {
            return new Answer.Silent("the tables cannot be read: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.Silent("the node is shutting down");
        }
    }

    private Answer missed(Question question, String reason) {
        return new Answer.Missed(groups.status(question.group()).appliedIndex(), reason);
    }
}
