package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.Ids;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.ConversationView;
import dev.parley.chat.view.Member;
import java.util.Optional;

/// Whether a user is in a conversation: what every rule about a conversation asks first.
sealed interface Admission {

    record Admitted(Conversation conversation, Member member) implements Admission {}

    record Denied(ChatAnswer.Refused refused) implements Admission {

        Decision decision() {
            return new Decision.Refused(refused);
        }
    }

    static Admission of(ConversationView view, String conversationId, String userId) {
        // An id of another shape is never looked up: it may hold what keys cannot.
        Optional<Conversation> conversation =
                Ids.isConversation(conversationId) ? view.conversation(conversationId) : Optional.empty();
        return conversation.isEmpty() ? new Denied(unknown(conversationId)) : of(view, conversation.get(), userId);
    }

    static Admission of(ConversationView view, Conversation conversation, String userId) {
        Optional<Member> member =
                Ids.isUser(userId) ? view.member(conversation.conversationId(), userId) : Optional.empty();
        return member.<Admission>map(present -> new Admitted(conversation, present))
                .orElseGet(() -> new Denied(new ChatAnswer.Refused(
                        Refusal.NOT_A_MEMBER,
                        "%s is not a member of %s".formatted(userId, conversation.conversationId()))));
    }

    static ChatAnswer.Refused unknown(String conversationId) {
        return new ChatAnswer.Refused(
                Refusal.CONVERSATION_UNKNOWN, "there is no conversation %s".formatted(conversationId));
    }
}
