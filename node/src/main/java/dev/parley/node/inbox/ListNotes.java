package dev.parley.node.inbox;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatCommand.AddDeadLetter;
import dev.parley.chat.ChatCommand.NoteActivity;
import dev.parley.chat.DeadLetter;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.placement.Partitioning;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends notes to the lists of users. A note that is refused is halved until the one that is to blame stands
/// alone: that
/// becomes a dead letter of its conversation's partition, and the others are noted. So a note is tried as often
/// as a
/// command can be halved, and once more. Thread-safe.
final class ListNotes {
    private static final Logger LOG = LoggerFactory.getLogger(ListNotes.class);

    private final Partitioning partitioning;
    private final ChatGate gate;
    private final Clock clock;

    ListNotes(Partitioning partitioning, ChatGate gate, Clock clock) {
        this.partitioning = partitioning;
        this.gate = gate;
        this.clock = clock;
    }

    /// Completes, never exceptionally, with whether each activity is noted or set aside. If not, all may be
    /// sent again:
    /// whoever leads the lists could not be reached, which is no fault of the note.
    CompletableFuture<Boolean> tell(NoteActivity note) {
        return tell(note, 1);
    }

    /// Completes, never exceptionally, with whether the dead letter is written.
    CompletableFuture<Boolean> setAside(Activity activity, String reason, int tries) {
        int partition = partitioning.partitionOf(activity.conversationId());
        DeadLetter letter = new DeadLetter(new DeadLetter.ListNote(activity), reason, tries, clock.millis());
        return gate.submit(new AddDeadLetter(partition, letter)).handle((answer, failure) -> {
            boolean written = answer instanceof ChatAnswer.Done;
            LOG.error(
                    "list not told: user={} conversation={} tries={} reason={} deadLetter={}",
                    activity.userId(),
                    activity.conversationId(),
                    tries,
                    letter.reason(),
                    written ? "written" : "not written yet: " + (failure == null ? answer : failure));
            return written;
        });
    }

    private CompletableFuture<Boolean> tell(NoteActivity note, int tries) {
        return gate.submit(note)
                .handle((answer, failure) -> {
                    if (failure != null) {
                        LOG.info("list not told yet: entity={} reason={}", note.entityId(), failure.toString());
                    }
                    return Optional.ofNullable(answer);
                })
                .thenCompose(answer -> answer.filter(ChatAnswer.Refused.class::isInstance)
                        .map(refused -> halve(note, (ChatAnswer.Refused) refused, tries))
                        .orElseGet(() -> CompletableFuture.completedFuture(answer.isPresent())));
    }

    private CompletableFuture<Boolean> halve(NoteActivity note, ChatAnswer.Refused refused, int tries) {
        List<Activity> all = note.activities();
        if (all.size() == 1) {
            return setAside(all.getFirst(), refused.refusal() + ": " + refused.detail(), tries);
        }
        int half = all.size() / 2;
        return tell(new NoteActivity(note.partition(), all.subList(0, half)), tries + 1)
                .thenCombine(
                        tell(new NoteActivity(note.partition(), all.subList(half, all.size())), tries + 1),
                        Boolean::logicalAnd);
    }
}
