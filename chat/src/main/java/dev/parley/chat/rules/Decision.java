package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.Refusal;
import java.util.List;

/// What a rule makes of a command: events for the appliers to write and an answer, or a refusal and no event at all.
public sealed interface Decision {

    /// What the one who asked is told.
    ChatAnswer answer();

    /// What is to be written, in order; empty when nothing had to change.
    List<ChatEvent> events();

    record Accepted(List<ChatEvent> events, ChatAnswer answer) implements Decision {
        public Accepted {
            events = List.copyOf(events);
        }
    }

    record Refused(ChatAnswer.Refused answer) implements Decision {

        @Override
        public List<ChatEvent> events() {
            return List.of();
        }
    }

    static Decision accepted(ChatAnswer answer, ChatEvent... events) {
        return new Accepted(List.of(events), answer);
    }

    static Decision refused(Refusal refusal, String detail) {
        return new Refused(new ChatAnswer.Refused(refusal, detail));
    }
}
