package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.PostMessage;
import dev.parley.chat.ConversationKind;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.Fingerprint;
import dev.parley.chat.RecordBody;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.ConversationView;
import dev.parley.chat.view.PostedMessage;
import java.util.Optional;

/// Posting a text, once however often it is asked for.
final class MessageRules {

    /// Costs four point reads: conversation, earlier post, member, block.
    static Decision post(ConversationView view, PostMessage post, CommandStamp stamp) {
        Optional<Conversation> conversation = view.conversation(post.conversationId());
        if (conversation.isEmpty()) {
            return new Decision.Refused(Admission.unknown(post.conversationId()));
        }
        Fingerprint body = Fingerprint.of("text", post.text());
        // Before membership: a post that did happen is answered as it was, also to a sender who was removed since.
        Optional<PostedMessage> posted = view.posted(post.conversationId(), post.senderId(), post.clientMessageId());
        if (posted.isPresent()) {
            return repeat(posted.get(), body, post.clientMessageId());
        }
        return switch (Admission.of(view, conversation.get(), post.senderId())) {
            case Admission.Denied denied -> denied.decision();
            case Admission.Admitted _ -> append(view, conversation.get(), post, stamp, body);
        };
    }

    private static Decision repeat(PostedMessage posted, Fingerprint body, String clientMessageId) {
        return posted.body().equals(body)
                ? Decision.accepted(
                        new ChatAnswer.MessagePosted(posted.messageId(), posted.seq(), posted.createdAtMillis(), true))
                : Decision.refused(
                        Refusal.CLIENT_MESSAGE_ID_REUSED,
                        "clientMessageId %s was used with another body, which is record %d"
                                .formatted(clientMessageId, posted.seq()));
    }

    private static Decision append(
            ConversationView view, Conversation conversation, PostMessage post, CommandStamp stamp, Fingerprint body) {
        if (conversation.kind() == ConversationKind.DIRECT
                && view.blockedBy(post.conversationId(), conversation.other(post.senderId()))) {
            return Decision.refused(Refusal.BLOCKED, "the other user has blocked " + post.senderId());
        }
        ConversationRecord message = new ConversationRecord(
                post.conversationId(),
                conversation.head().seq() + 1,
                conversation.head().ordinal() + 1,
                stamp.messageId(0),
                post.senderId(),
                stamp.epochMillis(),
                new RecordBody.Text(post.text()));
        return Decision.accepted(
                new ChatAnswer.MessagePosted(message.messageId(), message.seq(), message.createdAtMillis(), false),
                new ChatEvent.MessagePosted(message, post.senderDeviceId(), post.clientMessageId(), body));
    }

    private MessageRules() {}
}
