package dev.parley.node.tables;

/// Where the log of a user's list begins and ends.
///
/// @param version of the newest change; 0 if there was none
/// @param loggedFrom version of the oldest change that is kept; 0 if none is
record Inbox(long version, long loggedFrom) {
    static final Inbox EMPTY = new Inbox(0, 0);

    /// With one change more.
    Inbox changed() {
        return new Inbox(version + 1, loggedFrom == 0 ? version + 1 : loggedFrom);
    }

    Inbox withLoggedFrom(long first) {
        return new Inbox(version, first);
    }
}
