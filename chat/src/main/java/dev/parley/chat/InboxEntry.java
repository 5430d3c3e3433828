package dev.parley.chat;

/// A conversation in a user's list.
public record InboxEntry(String conversationId, ListedConversation listed) {

    /// A place in the order of the list.
    public record Place(long activityMillis, String conversationId) {}

    /// Where in the list it stands.
    public Place place() {
        return new Place(listed.progress().activityMillis(), conversationId);
    }
}
