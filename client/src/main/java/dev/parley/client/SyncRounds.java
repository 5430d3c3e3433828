package dev.parley.client;

import dev.parley.protocol.ClientFrame;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;

/// Asks for what was missed, one `sync.start` at a time and each with so many conversations as fit into a
/// frame; the
/// last of them also for all that changed since a version of the list. Belongs to one connection. Not safe for
/// several
/// threads: the session's lock is around it.
final class SyncRounds {

    /// Half of what the protocol allows: ids may be long, and the frame has its own limit.
    private static final int CURSORS_PER_ROUND = 300;

    private final ToLongFunction<String> cursor;
    private final Set<String> waiting = new LinkedHashSet<>();
    private final Set<String> paged = new HashSet<>();
    private Optional<Long> since = Optional.empty();
    private Round current = Round.NONE;
    private int round;

    /// One `sync.start` and what it asks for.
    record Round(Set<String> conversationIds, Optional<Long> since) {
        static final Round NONE = new Round(Set.of(), Optional.empty());

        boolean isNone() {
            return conversationIds.isEmpty() && since.isEmpty();
        }
    }

    /// @param cursor the record up to which all was shown, of a conversation
    SyncRounds(ToLongFunction<String> cursor) {
        this.cursor = cursor;
    }

    void want(List<String> conversationIds) {
        conversationIds.stream()
                .filter(id -> !current.conversationIds().contains(id))
                .forEach(waiting::add);
    }

    /// Wants all that changed since a version, once the conversations that are wanted were asked for.
    void wantSince(long inboxVersion) {
        since = Optional.of(inboxVersion);
    }

    /// The next `sync.start`, unless one is under way or nothing is wanted.
    Optional<ClientFrame> next() {
        if (!current.isNone() || (waiting.isEmpty() && since.isEmpty())) {
            return Optional.empty();
        }
        Map<String, Long> cursors = new HashMap<>();
        Iterator<String> ids = waiting.iterator();
        while (ids.hasNext() && cursors.size() < CURSORS_PER_ROUND) {
            String id = ids.next();
            cursors.put(id, cursor.applyAsLong(id));
            ids.remove();
        }
        current = new Round(Set.copyOf(cursors.keySet()), waiting.isEmpty() ? since : Optional.empty());
        if (current.since().isPresent()) {
            since = Optional.empty();
        }
        paged.clear();
        round++;
        return Optional.of(new ClientFrame.SyncStart(cursors, current.since(), Optional.of(ref())));
    }

    /// Whether this is the conversation's first page in the present round.
    boolean isFirstPage(String conversationId) {
        return paged.add(conversationId);
    }

    boolean isCurrent(Optional<String> ref) {
        return !current.isNone() && ref.filter(ref()::equals).isPresent();
    }

    /// Ends the present round.
    Round done() {
        Round ended = current;
        current = Round.NONE;
        return ended;
    }

    boolean isIdle() {
        return current.isNone() && waiting.isEmpty() && since.isEmpty();
    }

    private String ref() {
        return "sync-" + round;
    }
}
