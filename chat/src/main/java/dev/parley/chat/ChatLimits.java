package dev.parley.chat;

/// The limits that the rules hold at apply. They are part of the log's meaning: every replica must hold the
/// same ones.
public final class ChatLimits {
    /// Bytes of UTF-8 in one text (the brief: "text payloads are small, under 4 KB").
    public static final int TEXT_BYTES_MAX = 4_096;

    /// Bytes of UTF-8 of a group's title.
    public static final int TITLE_BYTES_MAX = 256;

    /// Members of a group, the creator too (the brief: up to 500).
    public static final int GROUP_MEMBERS_MAX = 500;

    /// Characters of a user id.
    public static final int USER_ID_LENGTH_MAX = 64;

    /// Characters of an id that a client chooses: a message's, a device's.
    public static final int CLIENT_ID_LENGTH_MAX = 128;

    /// Devices of one user, the revoked ones too: an account is read whole.
    public static final int DEVICES_PER_USER_MAX = 500;

    /// Devices of a member of which is kept how far they have received.
    public static final int DEVICE_POSITIONS_MAX = 16;

    /// Records of one page.
    public static final int PAGE_MAX = 200;

    /// Conversations of one query for summaries.
    public static final int SUMMARIES_MAX = 10_000;

    /// Changes of a user's list that are kept: who missed more reads the whole list.
    public static final int INBOX_CHANGES_KEPT = 4_096;

    /// Dead letters of one partition: beyond that the oldest are dropped.
    public static final int DEAD_LETTERS_MAX = 10_000;

    /// Characters of the reason that a dead letter keeps.
    public static final int DEAD_LETTER_REASON_MAX = 500;

    /// Bytes of what a push provider knows a device by.
    public static final int PUSH_TOKEN_BYTES_MAX = 4_096;

    /// How long a posted message's client id is remembered at least: longer than any client keeps a message
    /// unsent.
    public static final long POSTED_KEPT_MILLIS = 7L * 24 * 60 * 60 * 1_000;

    private ChatLimits() {}
}
