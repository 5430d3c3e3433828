package dev.parley.node.session;

import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer.Changed;
import dev.parley.chat.QueryAnswer.InboxNews;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Sends a session what changed in its user's list since a version: what the list says now, and the records
/// that came.
/// The cost grows with what changed. For one `sync.start`, on one thread.
///
/// The list hears of a record a little after it was delivered. A record that was delivered before the session
/// was there,
/// and that the list does not know of yet, would be in neither; so each partition's conversations are held back
/// until the
/// list knows all that was delivered before, which takes about a window of the inbox feed.
final class ListCatchUp {
    /// Conversations of one question.
    private static final int CHANGES_AT_ONCE = 100;

    /// How often it is looked whether the session still lives, while a partition has no leader.
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Session session;
    private final SessionServices services;
    private final Marks marks;
    private final long since;
    private final long[] deliveredBefore;

    /// Conversations that are complete and live, whatever the list tells of them later.
    private final Set<String> filled = new HashSet<>();

    /// What was reached.
    ///
    /// @param resumed false if the version is unknown or too old
    record Reached(long inboxVersion, boolean resumed) {}

    private ListCatchUp(Session session, SessionServices services, Marks marks, long since, long[] deliveredBefore) {
        this.session = session;
        this.services = services;
        this.marks = marks;
        this.since = since;
        this.deliveredBefore = deliveredBefore;
    }

    /// Holds back all conversations of the session from now on.
    static ListCatchUp hold(Session session, SessionServices services, long since) {
        Positions positions = services.positions();
        session.gaps().holdAll(positions.partitions());
        Marks marks = session.gatherMarks();
        // After holding: what is not among these is held back.
        long[] before = new long[positions.partitions()];
        for (int partition = 0; partition < before.length; partition++) {
            before[partition] = positions.delivered(partition);
        }
        return new ListCatchUp(session, services, marks, since, before);
    }

    /// Catches up.
    ///
    /// @param named conversations that the device gave cursors for; they are complete already
    Reached run(SessionPages pages, Collection<String> named) throws InterruptedException, SessionPages.SessionClosed {
        filled.addAll(named);
        BitSet waiting = new BitSet();
        waiting.set(0, deliveredBefore.length);
        Reached reached = new Reached(since, true);
        while (true) {
            BitSet known = known(waiting);
            if (reached.resumed()) {
                reached = news(pages, reached.inboxVersion());
            }
            for (int partition = known.nextSetBit(0); partition >= 0; partition = known.nextSetBit(partition + 1)) {
                for (String conversationId : session.gaps().release(partition)) {
                    filled.add(conversationId);
                    var _ = pages.fill(conversationId);
                }
            }
            waiting.andNot(known);
            if (waiting.isEmpty()) {
                return reached;
            }
            services.positions().awaitNoted(() -> !known(waiting).isEmpty(), LOOK_EVERY);
            if (!session.isOpen()) {
                throw new SessionPages.SessionClosed();
            }
        }
    }

    /// The device is told that it has everything up to this version.
    void done(long inboxVersion) {
        marks.begin(inboxVersion);
    }

    /// Partitions of which the lists know all that was delivered before this began.
    private BitSet known(BitSet waiting) {
        BitSet known = new BitSet();
        waiting.stream()
                .filter(partition -> services.positions().noted(partition) >= deliveredBefore[partition])
                .forEach(known::set);
        return known;
    }

    private Reached news(SessionPages pages, long sinceVersion)
            throws InterruptedException, SessionPages.SessionClosed {
        long version = sinceVersion;
        while (true) {
            var question = new ChatQuery.InboxSince(session.identity().userId(), version, CHANGES_AT_ONCE);
            InboxNews news = pages.ask(question, InboxNews.class);
            if (!news.resumed()) {
                return new Reached(news.inboxVersion(), false);
            }
            for (Changed changed : news.changed()) {
                send(pages, changed);
            }
            version = news.throughVersion();
            if (version >= news.inboxVersion()) {
                return new Reached(version, true);
            }
        }
    }

    private void send(SessionPages pages, Changed changed) throws InterruptedException, SessionPages.SessionClosed {
        String conversationId = changed.conversationId();
        pages.send(SessionRegistry.updated(conversationId, changed.listed()));
        if (!changed.listed().member()) {
            session.gaps().abandon(conversationId);
        } else if (changed.listed().progress().headSeq() > changed.fromSeq() && filled.add(conversationId)) {
            session.gaps().hold(conversationId, changed.fromSeq());
            var _ = pages.fill(conversationId);
        }
    }
}
