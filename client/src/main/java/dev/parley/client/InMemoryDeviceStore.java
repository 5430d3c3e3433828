package dev.parley.client;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// Forgets with the process.
public final class InMemoryDeviceStore implements DeviceStore {

    private static final long UNKNOWN = -1;

    private final Map<String, Long> cursors = new ConcurrentHashMap<>();
    private volatile long listVersion = UNKNOWN;
    private volatile Optional<String> epoch = Optional.empty();

    @Override
    public Optional<String> epoch() {
        return epoch;
    }

    @Override
    public void enter(String newEpoch) {
        if (epoch.isPresent() && !epoch.get().equals(newEpoch)) {
            cursors.clear();
            listVersion = UNKNOWN;
        }
        epoch = Optional.of(newEpoch);
    }

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
