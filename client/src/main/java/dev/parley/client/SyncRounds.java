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

/// Asks for what was missed, one `sync.start` at a time and each with so many conversations as fit into a frame.
/// Belongs
/// to one connection. Not safe for several threads: the session's lock is around it.
final class SyncRounds {

    /// Half of what the protocol allows: ids may be long, and the frame has its own limit.
    private static final int CURSORS_PER_ROUND = 300;

    private final ToLongFunction<String> cursor;
    private final Set<String> waiting = new LinkedHashSet<>();
    private final Set<String> paged = new HashSet<>();
    private Set<String> current = Set.of();
    private int round;

    /// @param cursor the record up to which all was shown, of a conversation
    SyncRounds(ToLongFunction<String> cursor) {
        this.cursor = cursor;
    }

    void want(List<String> conversationIds) {
        conversationIds.stream().filter(id -> !current.contains(id)).forEach(waiting::add);
    }

    /// The next `sync.start`, unless one is under way or nothing is wanted.
    Optional<ClientFrame> next() {
        if (!current.isEmpty() || waiting.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Long> cursors = new HashMap<>();
        Iterator<String> ids = waiting.iterator();
        while (ids.hasNext() && cursors.size() < CURSORS_PER_ROUND) {
            String id = ids.next();
            cursors.put(id, cursor.applyAsLong(id));
            ids.remove();
        }
        current = Set.copyOf(cursors.keySet());
        paged.clear();
        round++;
        return Optional.of(new ClientFrame.SyncStart(cursors, Optional.empty(), Optional.of(ref())));
    }

    /// Whether this is the conversation's first page in the present round.
    boolean isFirstPage(String conversationId) {
        return paged.add(conversationId);
    }

    boolean isCurrent(Optional<String> ref) {
        return !current.isEmpty() && ref.filter(ref()::equals).isPresent();
    }

    /// Ends the present round.
    ///
    /// @return the conversations that it was about
    Set<String> done() {
        Set<String> ended = current;
        current = Set.of();
        return ended;
    }

    boolean isIdle() {
        return current.isEmpty() && waiting.isEmpty();
    }

    private String ref() {
        return "sync-" + round;
    }
}
