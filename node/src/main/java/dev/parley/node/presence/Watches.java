package dev.parley.node.presence;

import dev.parley.node.session.Session;
import dev.parley.node.session.WireFrames;
import dev.parley.protocol.Rest.UserPresence;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which sessions of this node watch whom, what is known of those users, and what each session was told. Thread-safe;
/// nothing here blocks.
final class Watches {
    /// Pairs of a session and a user whom it watches, on one node: some 100 bytes each.
    private static final int PAIRS_MAX = 500_000;

    private final Privacy privacy;
    private final Map<String, Watch> bySession = new HashMap<>();
    private final Map<String, Set<Watch>> byUser = new HashMap<>();
    private final Map<String, PresenceState> known = new HashMap<>();
    private int pairs;

    /// What one session watches.
    ///
    /// @param contacts by user watched: whether it is a contact of the watcher
    /// @param told what the session was told last
    private record Watch(Session session, Map<String, Boolean> contacts, Map<String, UserPresence> told) {
        String watcherId() {
            return session.identity().userId();
        }

        /// By identity: the values change.
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    Watches(Privacy privacy) {
        this.privacy = privacy;
    }

    /// Replaces what a session watches.
    ///
    /// @param contacts by user to watch: whether it is a contact of the session's user
    /// @return false if this node has no room for it; then the session watches nobody
    synchronized boolean replace(Session session, Map<String, Boolean> contacts) {
        end(session.identity().sessionId());
        if (pairs + contacts.size() > PAIRS_MAX) {
            return false;
        }
        if (!contacts.isEmpty()) {
            Watch watch = new Watch(session, Map.copyOf(contacts), new HashMap<>());
            bySession.put(session.identity().sessionId(), watch);
            contacts.keySet()
                    .forEach(userId -> byUser.computeIfAbsent(userId, _ -> new HashSet<>(2))
                            .add(watch));
            pairs += contacts.size();
        }
        return true;
    }

    /// The session watches nobody any more.
    synchronized void end(String sessionId) {
        Watch watch = bySession.remove(sessionId);
        if (watch == null) {
            return;
        }
        pairs -= watch.contacts().size();
        for (String userId : watch.contacts().keySet()) {
            byUser.computeIfPresent(userId, (_, watches) -> {
                watches.remove(watch);
                return watches.isEmpty() ? null : watches;
            });
            if (!byUser.containsKey(userId)) {
                known.remove(userId);
            }
        }
    }

    /// The users whom somebody here watches.
    synchronized List<String> watched() {
        return List.copyOf(byUser.keySet());
    }

    /// Notes what leaders said of users who are watched here.
    ///
    /// @return those of them who are watched, whether or not there is news
    synchronized List<PresenceState> take(Collection<PresenceState> states) {
        List<PresenceState> watched = new ArrayList<>();
        for (PresenceState state : states) {
            if (byUser.containsKey(state.userId())) {
                watched.add(
                        known.merge(state.userId(), state, (before, next) -> next.isNewerThan(before) ? next : before));
            }
        }
        return watched;
    }

    /// What is known of users who are watched here.
    synchronized List<PresenceState> known(Collection<String> userIds) {
        return userIds.stream()
                .flatMap(userId -> Optional.ofNullable(known.get(userId)).stream())
                .toList();
    }

    /// Tells sessions what they do not know yet of these users; nothing of whom the rule is not known.
    synchronized void tell(Collection<PresenceState> states) {
        Map<Watch, List<UserPresence>> news = new HashMap<>();
        for (PresenceState state : states) {
            for (Watch watch : byUser.getOrDefault(state.userId(), Set.of())) {
                view(watch, state.userId())
                        .filter(view -> !view.equals(watch.told().get(view.userId())))
                        .ifPresent(view -> news.computeIfAbsent(watch, _ -> new ArrayList<>())
                                .add(view));
            }
        }
        news.forEach((watch, views) -> {
            // A session that is too slow now hears it with a heartbeat's answer.
            if (watch.session().sendIfRoom(frame(views, Optional.empty()))) {
                views.forEach(view -> watch.told().put(view.userId(), view));
            }
        });
    }

    /// Answers a session's wish to watch: all that is known of whom it watches, and of those it asked for once.
    synchronized void answer(Session session, List<UserPresence> askedOnce, Optional<String> ref) {
        List<UserPresence> views = new ArrayList<>(askedOnce);
        Watch watch = bySession.get(session.identity().sessionId());
        if (watch != null) {
            for (String userId : watch.contacts().keySet()) {
                view(watch, userId).ifPresent(view -> {
                    views.add(view);
                    watch.told().put(userId, view);
                });
            }
        }
        session.send(frame(views, ref));
    }

    private Optional<UserPresence> view(Watch watch, String userId) {
        PresenceState state = known.get(userId);
        return state == null
                ? Optional.empty()
                : view(state, watch.watcherId(), watch.contacts().getOrDefault(userId, false));
    }

    /// A user as a watcher may see it: who is hidden looks like somebody who never was here. Empty while the rule is
    /// not known.
    Optional<UserPresence> view(PresenceState state, String watcherId, boolean contact) {
        if (!state.tells()) {
            return Optional.of(UserPresence.offline(state.userId(), Optional.empty()));
        }
        if (!watcherId.equals(state.userId())) {
            Optional<Privacy.Rule> rule = privacy.now(state.userId());
            if (rule.isEmpty()) {
                return Optional.empty();
            }
            if (!rule.get().shows(watcherId, contact)) {
                return Optional.of(UserPresence.offline(state.userId(), Optional.empty()));
            }
        }
        return Optional.of(
                state.online()
                        ? UserPresence.online(state.userId())
                        : UserPresence.offline(
                                state.userId(), Optional.of(Instant.ofEpochMilli(state.lastActiveAtMillis()))));
    }

    private static byte[] frame(List<UserPresence> views, Optional<String> ref) {
        return WireFrames.text(FrameJson.encode(new ServerFrame.PresenceChanged(views, ref)));
    }
}
