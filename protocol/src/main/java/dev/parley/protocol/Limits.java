package dev.parley.protocol;

import java.time.Duration;

/// The limits of the client protocol, in one place. The node enforces them; `hello` tells the main ones to a client.
public final class Limits {
    /// Bytes of UTF-8 in one message text (the brief: "text payloads are small, under 4 KB").
    public static final int TEXT_BYTES_MAX = 4_096;

    /// Bytes of one client frame or REST body: a text of escapes only (six bytes for one) fits with room to spare.
    public static final int FRAME_BYTES_MAX = 64 * 1024;

    /// Characters of an id that a client chooses: `clientMessageId`, `clientConversationId`, `deviceId`.
    public static final int CLIENT_ID_LENGTH_MAX = 128;

    /// Characters of a conversation's id.
    public static final int CONVERSATION_ID_LENGTH_MAX = 128;

    /// Characters of a user id.
    public static final int USER_ID_LENGTH_MAX = 64;

    /// Characters of `ref`.
    public static final int REF_LENGTH_MAX = 64;

    /// Bytes of UTF-8 of a group's title.
    public static final int TITLE_BYTES_MAX = 256;

    /// Members of a group (the brief: up to 500).
    public static final int GROUP_MEMBERS_MAX = 500;

    /// Users and conversations that one `presence.watch` may name.
    public static final int WATCHED_USERS_MAX = 200;

    public static final int WATCHED_CONVERSATIONS_MAX = 50;

    /// Members of a conversation up to which its members hear at once who writes, and who comes and goes.
    public static final int SMALL_AUDIENCE_MAX = 50;

    /// Messages or conversations of one page, and the default.
    public static final int PAGE_MAX = 200;

    public static final int PAGE_DEFAULT = 50;

    /// Conversations that one `sync.start` may name; so many fit into [#FRAME_BYTES_MAX]. More take further
    /// `sync.start`s.
    public static final int SYNC_CURSORS_MAX = 1_000;

    /// The largest sequence number on the wire: the largest whole number that every JSON reader keeps exact (RFC 7493).
    public static final long SEQ_MAX = (1L << 53) - 1;

    /// Objects and arrays within each other in one frame or body.
    public static final int NESTING_MAX = 32;

    /// How often the server pings and a client should send something.
    public static final Duration HEARTBEAT = Duration.ofSeconds(30);

    private Limits() {}
}
