package dev.parley.client;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Forgets with the process.
public final class InMemoryDeviceStore implements DeviceStore {

    private final Map<String, Long> cursors = new ConcurrentHashMap<>();

    @Override
    public Map<String, Long> cursors() {
        return Map.copyOf(cursors);
    }

    @Override
    public void advance(String conversationId, long processedThroughSeq) {
        cursors.merge(conversationId, processedThroughSeq, Math::max);
    }
}
