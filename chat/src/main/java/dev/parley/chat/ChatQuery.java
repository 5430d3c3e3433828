package dev.parley.chat;

import java.util.List;
import java.util.Optional;

/// What may be read of the replicated state; answered by the entity's leader.
public sealed interface ChatQuery {

    /// The id of the conversation or user that the query is about; for [Summaries] the partition of all of
    /// them.
    String entityId();

    /// Records after a sequence number, oldest first, visible to the caller.
    record PageAfter(String conversationId, String callerId, long afterSeq, int limit) implements ChatQuery {
        @Override
        public String entityId() {
            return conversationId;
        }
    }

    /// The `limit` records just before a sequence number, oldest first, visible to the caller.
    record PageBefore(String conversationId, String callerId, long beforeSeq, int limit) implements ChatQuery {
        @Override
        public String entityId() {
            return conversationId;
        }
    }

    record Members(String conversationId, String callerId) implements ChatQuery {
        @Override
        public String entityId() {
            return conversationId;
        }
    }

    /// Head, unread and preview of conversations of ONE partition for one user; those where it is no member are
    /// left
    /// out.
    record Summaries(List<String> conversationIds, String userId) implements ChatQuery {
        public Summaries {
            conversationIds = List.copyOf(conversationIds);
        }

        @Override
        public String entityId() {
            return conversationIds.getFirst();
        }
    }

    /// What changed in the user's list after a version of it.
    ///
    /// @param sinceVersion 0 for everything that ever changed
    /// @param limit conversations at most, from 1
    record InboxSince(String userId, long sinceVersion, int limit) implements ChatQuery {
        @Override
        public String entityId() {
            return userId;
        }
    }

    /// A page of the user's list, the conversations with the newest activity first.
    ///
    /// @param after where the page before ended
    /// @param limit conversations at most, from 1
    record InboxPage(String userId, Optional<InboxEntry.Place> after, int limit) implements ChatQuery {
        @Override
        public String entityId() {
            return userId;
        }
    }

    /// The dead letters of a partition after a number, in order.
    ///
    /// @param limit letters at most, from 1
    record DeadLetters(int partition, long afterNumber, int limit) implements ChatQuery {
        @Override
        public String entityId() {
            return "partition:" + partition;
        }
    }

    /// What became of one record; for operators, who see positions whether or not others may.
    ///
    /// @param message its message id, or its seq in decimal digits
    record MessageTrace(String conversationId, String message) implements ChatQuery {
        @Override
        public String entityId() {
            return conversationId;
        }
    }

    /// What the list and the pushes of a user know of a conversation; for operators.
    ///
    /// @param seq the record that dead letters of pushes are looked for
    record UserTrace(String userId, String conversationId, long seq) implements ChatQuery {
        @Override
        public String entityId() {
            return userId;
        }
    }

    /// The user's account with devices, blocks and the ids of its conversations.
    record Account(String userId) implements ChatQuery {
        @Override
        public String entityId() {
            return userId;
        }
    }
}
