package dev.parley.chat;

/// What a member may do: an owner everything, an admin adds and removes members, a member talks.
public enum Role {
    OWNER,
    ADMIN,
    MEMBER
}
