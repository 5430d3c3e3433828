package dev.parley.node.presence;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.parley.node.presence.PresenceReport.Seat;
import dev.parley.raftstorage.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The users of one partition during one leadership. Not thread-safe; [PresenceBoard] has the lock.
final class LedUsers {
    /// Users online, and users watched, that one partition keeps; more are not followed. 64 partitions of
    /// 20,000
    /// connections each would fit.
    private static final int USERS_MAX = 100_000;

    /// Users whose last activity is remembered, and for how long.
    private static final int LAST_SEEN_MAX = 20_000;

    private static final Duration LAST_SEEN_KEPT = Duration.ofHours(24);

    private final long term;
    private final PresenceSettings settings;
    private final long sinceNanos;
    private final Map<String, Online> online = new HashMap<>();
    private final Cache<String, PresenceState> lastSeen;

    /// By user: the gateways that want to hear of it, and until when.
    private final Map<String, Map<NodeId, Long>> followers = new HashMap<>();

    private List<PresenceState> changes = new ArrayList<>();
    private List<String> lapsed = new ArrayList<>();
    private long version;
    private boolean settled;

    /// A user with a session.
    private static final class Online {
        private final Map<String, Long> untilNanos = new HashMap<>(2);
        private long version;
        private long heardMillis;

        Online(long version) {
            this.version = version;
        }
    }

    LedUsers(long term, PresenceSettings settings, long nowNanos) {
        this.term = term;
        this.settings = settings;
        this.sinceNanos = nowNanos;
        this.lastSeen = Caffeine.newBuilder()
                .maximumSize(LAST_SEEN_MAX)
                .expireAfterWrite(LAST_SEEN_KEPT)
                .build();
    }

    long term() {
        return term;
    }

    int online() {
        return online.size();
    }

    /// A session is open.
    void live(Seat seat, long nowNanos, long nowMillis) {
        Online user = online.get(seat.userId());
        if (user == null) {
            if (online.size() >= USERS_MAX) {
                return;
            }
            user = new Online(++version);
            online.put(seat.userId(), user);
            changes.add(new PresenceState(seat.userId(), true, 0, term, user.version));
        }
        user.untilNanos.put(seat.sessionId(), nowNanos + settings.offlineAfter().toNanos());
        user.heardMillis = nowMillis;
    }

    /// A session's user said goodbye.
    void left(Seat seat, long nowMillis) {
        Online user = online.get(seat.userId());
        if (user != null && user.untilNanos.remove(seat.sessionId()) != null && user.untilNanos.isEmpty()) {
            online.remove(seat.userId());
            offline(seat.userId(), nowMillis);
        }
    }

    /// A user lets others see more or less than before: it is told again, under a new version.
    void touch(String userId) {
        Online user = online.get(userId);
        PresenceState seen = lastSeen.getIfPresent(userId);
        if (user != null) {
            user.version = ++version;
            changes.add(new PresenceState(userId, true, 0, term, user.version));
        } else if (seen != null) {
            offline(userId, seen.lastActiveAtMillis());
        }
    }

    /// A gateway wants to hear of a user.
    void follow(String userId, NodeId gateway, long nowNanos) {
        if (followers.containsKey(userId) || followers.size() < USERS_MAX) {
            followers
                    .computeIfAbsent(userId, _ -> new HashMap<>(2))
                    .put(gateway, nowNanos + settings.offlineAfter().toNanos());
        }
    }

    /// What is known of a user; empty while somebody may be online of whom this leader was not told yet.
    Optional<PresenceState> state(String userId) {
        Online user = online.get(userId);
        if (user != null) {
            return Optional.of(new PresenceState(userId, true, 0, term, user.version));
        }
        PresenceState seen = lastSeen.getIfPresent(userId);
        if (seen != null) {
            return Optional.of(seen);
        }
        return settled ? Optional.of(new PresenceState(userId, false, 0, term, 0)) : Optional.empty();
    }

    /// Ends what nobody repeated in time. One heartbeat after the beginning, who was not heard of is offline.
    void sweep(long nowNanos) {
        online.entrySet().removeIf(entry -> {
            Map<String, Long> sessions = entry.getValue().untilNanos;
            sessions.values().removeIf(until -> nowNanos - until >= 0);
            if (sessions.isEmpty()) {
                offline(entry.getKey(), entry.getValue().heardMillis);
                lapsed.add(entry.getKey());
            }
            return sessions.isEmpty();
        });
        followers.values().removeIf(gateways -> {
            gateways.values().removeIf(until -> nowNanos - until >= 0);
            return gateways.isEmpty();
        });
        if (!settled && nowNanos - sinceNanos >= settings.heartbeat().toNanos()) {
            settled = true;
            followers.keySet().stream()
                    .filter(userId -> !online.containsKey(userId) && lastSeen.getIfPresent(userId) == null)
                    .flatMap(userId -> state(userId).stream())
                    .forEach(changes::add);
        }
    }

    /// Who went offline without a goodbye since this was asked last.
    List<String> takeLapsed() {
        List<String> taken = lapsed;
        lapsed = new ArrayList<>();
        return taken;
    }

    /// The changes since this was asked last.
    List<PresenceState> takeChanges() {
        List<PresenceState> taken = changes;
        changes = new ArrayList<>();
        return taken;
    }

    Set<NodeId> followers(String userId) {
        return followers.getOrDefault(userId, Map.of()).keySet();
    }

    private void offline(String userId, long lastActiveAtMillis) {
        PresenceState state = new PresenceState(userId, false, lastActiveAtMillis, term, ++version);
        lastSeen.put(userId, state);
        changes.add(state);
    }
}
