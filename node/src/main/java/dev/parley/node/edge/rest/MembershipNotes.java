package dev.parley.node.edge.rest;

import dev.parley.chat.ChatCommand.NoteMembership;
import dev.parley.node.gate.GateException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes into the lists of users what a change of members means for them, before the change is answered: so the list
/// shows the conversation at once. Whatever a crash leaves out here, the worker that follows the log writes later.
final class MembershipNotes {
    private static final Logger LOG = LoggerFactory.getLogger(MembershipNotes.class);

    private final Chat chat;

    MembershipNotes(Chat chat) {
        this.chat = chat;
    }

    void joined(String conversationId, long membershipSeq, List<String> userIds) {
        note(conversationId, membershipSeq, userIds, true);
    }

    void left(String conversationId, long membershipSeq, String userId) {
        note(conversationId, membershipSeq, List.of(userId), false);
    }

    private void note(String conversationId, long membershipSeq, List<String> userIds, boolean member) {
        try {
            chat.submitAll(userIds.stream()
                    .map(userId -> new NoteMembership(userId, conversationId, membershipSeq, member))
                    .toList());
        } catch (GateException e) {
            // The change itself is committed: to answer with an error would say that nothing happened.
            LOG.info("memberships noted later: conversation={} reason={}", conversationId, e.getMessage());
        }
    }
}
