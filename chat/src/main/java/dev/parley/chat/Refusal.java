package dev.parley.chat;

/// Why a rule says no. Nothing happened.
public enum Refusal {
    NOT_A_MEMBER,
    BLOCKED,
    ROLE_REQUIRED,
    CONVERSATION_UNKNOWN,
    USER_UNKNOWN,
    DEVICE_UNKNOWN,
    CLIENT_MESSAGE_ID_REUSED,
    CLIENT_CONVERSATION_ID_REUSED,
    TOO_LARGE,

    /// The detail begins with the name of the field; then come a blank and what is wrong with its value.
    INVALID_FIELD
}
