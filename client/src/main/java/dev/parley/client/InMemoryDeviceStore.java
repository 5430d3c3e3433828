package dev.parley.client;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// Forgets with the process.
public final class InMemoryDeviceStore implements DeviceStore {

    private static final long UNKNOWN = -1;

    private final Map<String, Long> cursors = new ConcurrentHashMap<>();
    private volatile long listVersion = UNKNOWN;

    @Override
    public Map<String, Long> cursors() {
        return Map.copyOf(cursors);
    }

    @Override
    public void advance(String conversationId, long processedThroughSeq) {
        cursors.merge(conversationId, processedThroughSeq, Math::max);
    }

    @Override
    public OptionalLong listVersion() {
        return listVersion == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(listVersion);
    }

    @Override
    public void advanceList(long inboxVersion) {
        listVersion = inboxVersion;
    }
}
