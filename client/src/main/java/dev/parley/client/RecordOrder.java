package dev.parley.client;

import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody.Membership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Decides what may be shown: each record once, and in the order of its conversation. A record that is ahead
/// waits
/// in a bounded stash until those before it came; which ones are missing is what a resync must ask for. Not
/// safe
/// for several threads: the session's lock is around it.
final class RecordOrder {

    private final int stashMax;
    private final Map<String, Long> cursors;
    private final Map<String, Stash> stashes = new HashMap<>();
    private int stashed;

    /// @param cursors for each known conversation, the record up to which all was shown
    /// @param stashMax records that may wait, over all conversations
    RecordOrder(Map<String, Long> cursors, int stashMax) {
        this.cursors = new HashMap<>(cursors);
        this.stashMax = stashMax;
    }

    /// Forgets all, for none of it means anything in another epoch.
    void forget() {
        cursors.clear();
        stashes.clear();
        stashed = 0;
    }

    boolean knows(String conversationId) {
        return cursors.containsKey(conversationId);
    }

    /// The record up to which all was shown; 0 for a conversation that is new.
    long cursor(String conversationId) {
        return cursors.getOrDefault(conversationId, 0L);
    }

    /// Begins a conversation behind a record, unless it has begun already.
    void begin(String conversationId, long behindSeq) {
        cursors.putIfAbsent(conversationId, behindSeq);
    }

    /// A record came live.
    ///
    /// @return what may be shown now, in order
    List<Message> live(Message record, long nowNanos) {
        String conversationId = record.conversationId();
        long cursor = cursor(conversationId);
        if (record.conversationSeq() <= cursor) {
            return List.of();
        }
        if (record.conversationSeq() == cursor + 1) {
            cursors.put(conversationId, record.conversationSeq());
            if (!stashes.containsKey(conversationId)) {
                return List.of(record);
            }
            List<Message> shown = new ArrayList<>(List.of(record));
            shown.addAll(release(conversationId, nowNanos));
            return shown;
        }
        stash(record, nowNanos);
        return List.of();
    }

    /// A page of records from the answer to a `sync.start`. The server leaves nothing out that this user may
    /// see, so
    /// the first page may begin later than asked if the user joined, or joined again, only then: with the
    /// record that
    /// says so.
    ///
    /// @param userId of this session
    /// @param firstPage of this conversation in this answer
    /// @return what may be shown now, in order; empty if the page does not fit, and then a resync is due
    Optional<List<Message>> synced(
            String conversationId, List<Message> page, String userId, boolean firstPage, long nowNanos) {
        List<Message> shown = new ArrayList<>(page.size());
        long expected = cursor(conversationId) + 1;
        boolean mayJump = firstPage;
        for (Message record : page) {
            if (record.conversationSeq() < expected) {
                continue;
            }
            if (record.conversationSeq() > expected && !(mayJump && isArrival(record, userId))) {
                return Optional.empty();
            }
            mayJump = false;
            shown.add(record);
            expected = record.conversationSeq() + 1;
        }
        cursors.put(conversationId, expected - 1);
        shown.addAll(release(conversationId, nowNanos));
        return Optional.of(shown);
    }

    /// What waited and fits now, in order.
    List<Message> release(String conversationId, long nowNanos) {
        Stash stash = stashes.get(conversationId);
        if (stash == null) {
            return List.of();
        }
        long cursor = cursor(conversationId);
        List<Message> shown = new ArrayList<>();
        while (!stash.records.isEmpty() && stash.records.firstKey() <= cursor + 1) {
            Message record = stash.records.pollFirstEntry().getValue();
            stashed--;
            if (record.conversationSeq() == cursor + 1) {
                cursor++;
                shown.add(record);
            }
        }
        if (!shown.isEmpty()) {
            cursors.put(conversationId, cursor);
            stash.sinceNanos = nowNanos;
        }
        if (stash.records.isEmpty()) {
            stashes.remove(conversationId);
        }
        return shown;
    }

    /// The user is no longer a member: the missing records cannot be had, so nothing that waits for them is
    /// shown but
    /// the record that says how the membership ended, if it came.
    Optional<Message> leave(String conversationId, String userId) {
        Stash stash = stashes.remove(conversationId);
        if (stash == null) {
            return Optional.empty();
        }
        stashed -= stash.records.size();
        Optional<Message> farewell = stash.records.descendingMap().values().stream()
                .filter(record -> isFarewell(record, userId))
                .findFirst();
        farewell.ifPresent(record -> cursors.put(conversationId, record.conversationSeq()));
        return farewell;
    }

    private static boolean isArrival(Message record, String userId) {
        return record.body() instanceof Membership change
                && change.userId().equals(userId)
                && change.action().equals("added");
    }

    private static boolean isFarewell(Message record, String userId) {
        return record.body() instanceof Membership change
                && change.userId().equals(userId)
                && (change.action().equals("removed") || change.action().equals("left"));
    }

    /// The conversations that have been waiting for a missing record since before a moment.
    List<String> gapsBefore(long nanos) {
        return stashes.entrySet().stream()
                .filter(entry -> entry.getValue().sinceNanos - nanos <= 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    /// The conversations of which a record waits for one before it.
    List<String> gapped() {
        return List.copyOf(stashes.keySet());
    }

    boolean hasGaps() {
        return !stashes.isEmpty();
    }

    boolean hasGap(String conversationId) {
        return stashes.containsKey(conversationId);
    }

    /// A full stash lets go of the record that is furthest ahead: the resync that its gap calls for brings it
    /// again.
    private void stash(Message record, long nowNanos) {
        Stash stash = stashes.computeIfAbsent(record.conversationId(), _ -> new Stash(nowNanos));
        if (stash.records.putIfAbsent(record.conversationSeq(), record) == null) {
            stashed++;
        }
        if (stashed > stashMax && stash.records.size() > 1) {
            stash.records.pollLastEntry();
            stashed--;
        }
    }

    /// The records of one conversation that are ahead of it.
    private static final class Stash {
        private final NavigableMap<Long, Message> records = new TreeMap<>();
        private long sinceNanos;

        Stash(long sinceNanos) {
            this.sinceNanos = sinceNanos;
        }
    }
}
