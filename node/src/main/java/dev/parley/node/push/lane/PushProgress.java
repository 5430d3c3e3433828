package dev.parley.node.push.lane;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the devices of one [PushTask] have got so far, and what of it the tables have not been told yet. Used
/// by the
/// task's thread only.
final class PushProgress {

    /// What a push is for.
    enum Kind {
        /// New messages, with a sound.
        ALERT,
        /// New messages in quiet hours: the badge only.
        QUIET,
        /// What was pushed has been read: the badge only.
        CLEAR
    }

    /// What the tables are to be told.
    ///
    /// @param seq the conversation's head that was pushed; 0 if nothing is shown any more
    record Owed(long seq, String outcome) {}

    private record Got(Kind kind, long head) {}

    private final Map<String, Got> got = new HashMap<>();

    /// Devices that are dead, or whose push went to the dead letters.
    private final Set<String> closed = new HashSet<>();

    private @Nullable Owed owed;

    boolean isClosed(String deviceId) {
        return closed.contains(deviceId);
    }

    /// Whether the device still lacks a push: it got none yet, another one, or one before the newest message.
    boolean needs(String deviceId, Kind kind, long head) {
        Got last = got.get(deviceId);
        return last == null || last.kind() != kind || last.head() < head;
    }

    void accepted(String deviceId, Kind kind, long head, String outcome) {
        got.put(deviceId, new Got(kind, head));
        owed = new Owed(kind == Kind.CLEAR ? 0 : head, outcome);
    }

    void close(String deviceId) {
        closed.add(deviceId);
    }

    boolean anyAccepted() {
        return !got.isEmpty();
    }

    /// Whether some device shows a push that the tables may not know of.
    boolean shows() {
        return got.values().stream().anyMatch(last -> last.kind() != Kind.CLEAR);
    }

    Optional<Owed> owed() {
        return Optional.ofNullable(owed);
    }

    void noted() {
        owed = null;
    }
}
