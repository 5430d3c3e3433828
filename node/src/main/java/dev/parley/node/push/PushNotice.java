package dev.parley.node.push;

import java.util.Optional;

/// What to tell a device. It is a wake-up: a newer notice of the same conversation takes the place of an older one that
/// the device has not got yet, and the device fetches the messages themselves over its session.
public sealed interface PushNotice {

    String userId();

    /// The conversation, by which providers collapse notices.
    String conversationId();

    /// How many messages the user has not read in all conversations together.
    int badge();

    /// There are unread messages in a conversation.
    ///
    /// @param title the conversation's name, or the sender's
    /// @param preview the beginning of the newest message
    /// @param unread messages not read in this conversation
    /// @param mention whether the user is mentioned
    record NewMessages(
            String userId,
            String conversationId,
            String title,
            Optional<String> preview,
            int unread,
            int badge,
            boolean mention)
            implements PushNotice {

        /// The same without the message's text.
        public NewMessages withoutPreview() {
            return new NewMessages(userId, conversationId, title, Optional.empty(), unread, badge, mention);
        }
    }

    /// The user has read the conversation elsewhere: makes no sound, corrects the badge.
    record BadgeUpdate(String userId, String conversationId, int badge) implements PushNotice {}
}
