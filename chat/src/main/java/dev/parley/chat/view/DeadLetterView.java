package dev.parley.chat.view;

import dev.parley.chat.DeadLetter;
import java.util.List;
import java.util.Optional;

/// Work of the partition's outbox that was given up.
public interface DeadLetterView {

    DeadLetter.Counts deadLetterCounts();

    Optional<DeadLetter> deadLetter(long number);

    /// The letter about the same work.
    Optional<DeadLetter.Numbered> deadLetterAbout(DeadLetter.Content content);

    /// Letters after a number, in order.
    ///
    /// @param limit letters at most, from 1
    List<DeadLetter.Numbered> deadLetters(long afterNumber, int limit);
}
