package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.AddDeadLetter;
import dev.parley.chat.ChatCommand.DropDeadLetter;
import dev.parley.chat.ChatCommand.OnDeadLetters;
import dev.parley.chat.ChatCommand.RetryDeadLetter;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ChatQuery.DeadLetters;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.DeadLetter.ListNote;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.DeadLetterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Work of the outbox that was given up. Each command may come twice: a letter that is not there is not missed.
final class DeadLetterRules {

    static Decision decide(DeadLetterView view, OnDeadLetters command) {
        return switch (command) {
            case AddDeadLetter add -> add(view, add.letter());
            case DropDeadLetter drop ->
                view.deadLetter(drop.number()).isEmpty()
                        ? done(List.of())
                        : done(List.of(new ChatEvent.DeadLetterRemoved(drop.number(), false)));
            case RetryDeadLetter retry ->
                view.deadLetter(retry.number())
                        .map(letter -> done(List.of(new ChatEvent.DeadLetterRetried(retry.number(), letter.content()))))
                        .orElseGet(() -> done(List.of()));
        };
    }

    /// A letter about the same work is replaced; where there are too many, the oldest makes room.
    private static Decision add(DeadLetterView view, DeadLetter letter) {
        Optional<DeadLetter.Numbered> known = view.deadLetterAbout(letter.content());
        if (known.isPresent()) {
            DeadLetter.Numbered merged = new DeadLetter.Numbered(
                    known.get().number(), both(known.get().letter(), letter));
            return done(List.of(new ChatEvent.DeadLetterPut(merged)));
        }
        List<ChatEvent> events = new ArrayList<>();
        if (view.deadLetterCounts().kept() >= ChatLimits.DEAD_LETTERS_MAX) {
            long oldest = view.deadLetters(0, 1).getFirst().number();
            events.add(new ChatEvent.DeadLetterRemoved(oldest, true));
        }
        events.add(new ChatEvent.DeadLetterPut(
                new DeadLetter.Numbered(view.deadLetterCounts().last() + 1, letter)));
        return done(events);
    }

    private static DeadLetter both(DeadLetter known, DeadLetter letter) {
        return known.content() instanceof ListNote(var before) && letter.content() instanceof ListNote(var after)
                ? new DeadLetter(
                        new ListNote(InboxRules.both(before, after)),
                        letter.reason(),
                        letter.tries(),
                        letter.atMillis())
                : letter;
    }

    static QueryAnswer read(DeadLetterView view, DeadLetters query) {
        if (query.limit() < 1 || query.limit() > ChatLimits.PAGE_MAX) {
            return new QueryAnswer.Refused(
                    Refusal.INVALID_FIELD,
                    "limit must be 1 to %d, not %d".formatted(ChatLimits.PAGE_MAX, query.limit()));
        }
        List<DeadLetter.Numbered> found = view.deadLetters(Math.max(0, query.afterNumber()), query.limit() + 1);
        boolean more = found.size() > query.limit();
        return new QueryAnswer.DeadLetterPage(
                more ? found.subList(0, query.limit()) : found, more, view.deadLetterCounts());
    }

    private static Decision done(List<ChatEvent> events) {
        return new Decision.Accepted(events, new ChatAnswer.Done());
    }

    private DeadLetterRules() {}
}
