package dev.parley.node.presence;

import dev.parley.raftstorage.NodeId;
import java.util.List;

/// What a gateway tells a leader, and asks. All of it is soft: it is forgotten unless it is repeated in time.
///
/// @param live sessions that are open
/// @param left sessions whose users said goodbye
/// @param touched users who let others see more or less of them than before
/// @param watched users whose changes the gateway wants to hear of; their states are the answer
/// @param asked users whose states are wanted once
public record PresenceReport(
        NodeId gateway,
        List<Seat> live,
        List<Seat> left,
        List<String> touched,
        List<String> watched,
        List<String> asked) {
    public PresenceReport {
        live = List.copyOf(live);
        left = List.copyOf(left);
        touched = List.copyOf(touched);
        watched = List.copyOf(watched);
        asked = List.copyOf(asked);
    }

    /// A user's session.
    public record Seat(String userId, String sessionId) {}
}
