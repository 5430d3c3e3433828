package dev.parley.node.tables;

/// What a user's list counts with.
///
/// @param version of the newest change; 0 if there was none
/// @param loggedFrom version of the oldest change that is kept; 0 if none is
/// @param unread messages not read in all conversations together
record Inbox(long version, long loggedFrom, long unread) {
    static final Inbox EMPTY = new Inbox(0, 0, 0);

    /// With one change more.
    Inbox changed(long moreUnread) {
        return new Inbox(version + 1, loggedFrom == 0 ? version + 1 : loggedFrom, unread + moreUnread);
    }

    Inbox withLoggedFrom(long first) {
        return new Inbox(version, first, unread);
    }
}
