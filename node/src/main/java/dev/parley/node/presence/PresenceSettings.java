package dev.parley.node.presence;

import java.time.Duration;

/// How soon presence is true.
///
/// @param heartbeat how often a gateway repeats all it told: so long may a new leader not know of somebody
/// @param offlineAfter a session that nobody repeats for so long is over: the grace of a socket that went silently
public record PresenceSettings(Duration heartbeat, Duration offlineAfter) {
    public PresenceSettings {
        if (heartbeat.isNegative() || heartbeat.isZero() || offlineAfter.compareTo(heartbeat.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException(
                    "offlineAfter must be two heartbeats or more: " + heartbeat + ", " + offlineAfter);
        }
    }

    public static PresenceSettings defaults() {
        return new PresenceSettings(Duration.ofSeconds(30), Duration.ofSeconds(90));
    }
}
