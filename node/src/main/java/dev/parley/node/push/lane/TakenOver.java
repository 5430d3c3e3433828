package dev.parley.node.push.lane;

import dev.parley.node.tables.PushFacts;
import dev.parley.raftstorage.table.TableReader;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Looks, once for each leadership of a partition, for users whose session died while another node led: to the
/// former
/// leader they were live, so it let their messages pass without a push, and its knowledge of who is here went
/// with it.
/// What was pushed is noted in the tables, so nobody is pushed twice for it. Belongs to the feed's thread.
final class TakenOver {

    /// Messages older than this were passed by a leader that lived to see the session lapse: several times the
    /// 90
    /// seconds
    /// that a lapse takes by default. After an outage that is longer, such a message has no push until the next
    /// one.
    static final Duration RECENT = Duration.ofMinutes(10);

    /// Users looked at in one round.
    private static final int USERS_AT_ONCE = 500;

    /// Conversations of one user, the newest.
    private static final int CONVERSATIONS_MAX = 20;

    private final int partition;
    private final LiveUsers live;
    private final long sinceMillis;
    private String lookedAtThrough = "";
    private @Nullable Page waiting;
    private boolean done;

    /// @param nowMillis when the leadership began
    TakenOver(int partition, LiveUsers live, long nowMillis) {
        this.partition = partition;
        this.live = live;
        this.sinceMillis = nowMillis - RECENT.toMillis();
    }

    boolean isDone() {
        return done;
    }

    /// A page of users, and what each has not read lately.
    record Page(Map<String, List<String>> unread, Optional<String> last) {}

    /// The page that waits until it is known who is here, so that it is not read again all the while.
    @Nullable
    Page waiting() {
        return waiting;
    }

    /// Reads the next page.
    Page read(TableReader tables) {
        Map<String, List<String>> unread = new TreeMap<>();
        List<String> users = PushFacts.users(tables, lookedAtThrough, USERS_AT_ONCE);
        for (String userId : users) {
            List<String> conversations = PushFacts.unreadSince(tables, userId, CONVERSATIONS_MAX, sinceMillis);
            if (!conversations.isEmpty()) {
                unread.put(userId, conversations);
            }
        }
        return new Page(unread, users.isEmpty() ? Optional.empty() : Optional.of(users.getLast()));
    }

    /// What may be due to the users of a page; null while it is not known of all of them whether they are here:
    /// the
    /// gateways tell a new leader within a heartbeat.
    @Nullable
    Set<PushItem> due(Page page) {
        Set<PushItem> items = new LinkedHashSet<>();
        for (Map.Entry<String, List<String>> user : page.unread().entrySet()) {
            Optional<Boolean> isLive = live.isLive(user.getKey());
            if (isLive.isEmpty()) {
                waiting = page;
                return null;
            }
            if (!isLive.get()) {
                user.getValue()
                        .forEach(conversation -> items.add(new PushItem(partition, user.getKey(), conversation)));
            }
        }
        return items;
    }

    /// The page is dealt with.
    void looked(Page page) {
        waiting = null;
        page.last().ifPresentOrElse(last -> lookedAtThrough = last, () -> done = true);
    }
}
