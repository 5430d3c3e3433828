package dev.parley.chat;

import java.util.Optional;

/// What a record of a conversation's log says.
public sealed interface RecordBody {

    /// Whether the record counts as unread for others: the ordinal counts these.
    boolean visibleMessage();

    record Text(String text) implements RecordBody {
        @Override
        public boolean visibleMessage() {
            return true;
        }
    }

    record MembershipChange(Action action, String userId, Optional<Role> role) implements RecordBody {
        @Override
        public boolean visibleMessage() {
            return false;
        }
    }

    /// What happened to the member.
    enum Action {
        CREATED,
        ADDED,
        REMOVED,
        LEFT,
        ROLE_CHANGED
    }
}
