package dev.parley.client;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What a device has processed: for each conversation, the last record up to which it has all, and a version of
/// the
/// user's list of which it has all. Both are advanced only after the listener has processed what they stand
/// for, so that
/// a crash in between shows it again rather than never.
public interface DeviceStore {

    /// The epoch of the data that the cursors and the version are of; empty if none was told yet.
    Optional<String> epoch();

    /// From now on all is of this epoch. What is of another one means nothing any more and is forgotten: the
    /// cluster was
    /// restored from a backup. Called by the thread that calls [#advance].
    void enter(String epoch);

    /// All cursors; read once, when a session opens.
    Map<String, Long> cursors();

    /// Called by one thread at a time, with growing sequence numbers per conversation.
    void advance(String conversationId, long processedThroughSeq);

    /// The version that [#advanceList] said last, with which a session resumes without asking for all
    /// conversations.
    OptionalLong listVersion();

    /// Everything that the user's list knew at this version was processed. Called by the thread that calls
    /// [#advance].
    void advanceList(long inboxVersion);
}
