package dev.parley.chat;

/// Two users for ever, or a group with changing members.
public enum ConversationKind {
    DIRECT,
    GROUP
}
