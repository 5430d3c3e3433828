package dev.parley.node.presence;

import java.util.List;
import java.util.Set;

/// What a leader answers to a report.
///
/// @param states of the users that were watched or asked for; without those of whom it cannot know yet
/// @param notLed partitions of the report that this node does not lead
public record PresenceReply(List<PresenceState> states, Set<Integer> notLed) {
    public PresenceReply {
        states = List.copyOf(states);
        notLed = Set.copyOf(notLed);
    }
}
