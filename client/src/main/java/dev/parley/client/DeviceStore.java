package dev.parley.client;

import java.util.Map;

/// What a device has processed: for each conversation, the last record up to which it has all. A cursor is advanced
/// only
/// after the listener has processed the record, so that a crash in between shows it again rather than never.
public interface DeviceStore {

    /// All cursors; read once, when a session opens.
    Map<String, Long> cursors();

    /// Called by one thread at a time, with growing sequence numbers per conversation.
    void advance(String conversationId, long processedThroughSeq);
}
