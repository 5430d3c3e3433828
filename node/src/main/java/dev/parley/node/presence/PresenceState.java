package dev.parley.node.presence;

/// What a leader knows of one user. States may overtake each other on their way; the newer one counts.
///
/// @param lastActiveAtMillis of who is offline; 0 if nobody remembers
/// @param term the leader's: each leader begins anew
/// @param version grows with each change that this leader sees; 0 for a user whom it never heard of
public record PresenceState(String userId, boolean online, long lastActiveAtMillis, long term, long version) {

    boolean isNewerThan(PresenceState other) {
        return term != other.term ? term > other.term : version > other.version;
    }

    /// Whether it says more than that of somebody who never was here.
    boolean tells() {
        return online || lastActiveAtMillis > 0;
    }
}
