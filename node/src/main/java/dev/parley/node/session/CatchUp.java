package dev.parley.node.session;

import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.chat.QueryAnswer.Summary;
import dev.parley.chat.QueryAnswer.SummaryList;
import dev.parley.node.gate.GateException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ClientFrame.SyncStart;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends a session what its device missed: pages of history per conversation, in order, then `sync.done`.
///
/// Runs on a virtual thread of its own, at the client's pace: it waits until the session's queue has room. If a
/// page
/// cannot be read the session is closed with 4000 and starts over, for going on would leave a hole.
final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    /// Conversations of one question for their heads.
    private static final int SUMMARIES_AT_ONCE = 200;

    private final Session session;
    private final SessionServices services;
    private final Optional<ListCatchUp> list;
    private final Runnable ended;

    /// For one `sync.start`.
    ///
    /// @param list if it asks for what changed in the user's list
    /// @param ended called before `sync.done` is queued: the client may ask again as soon as it has that
    CatchUp(Session session, SessionServices services, Optional<ListCatchUp> list, Runnable ended) {
        this.session = session;
        this.services = services;
        this.list = list;
        this.ended = ended;
    }

    /// Catches up on all conversations of the frame; [Gaps#hold] was called for them.
    void run(SyncStart start) {
        try {
            catchUp(start);
        } catch (SessionPages.SessionClosed _) {
            LOG.debug("sync ended: session={} reason=closed", session.identity().sessionId());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            session.close(CloseCode.RESYNC);
        } catch (GateException e) {
            LOG.info("sync failed: session={} reason={}", session.identity().sessionId(), e.getMessage());
            session.send(new ServerFrame.ErrorFrame(Problems.of(e), Optional.empty(), start.ref()));
            session.close(CloseCode.RESYNC);
        } catch (RuntimeException e) {
            LOG.error(
                    "sync failed: session={} reason=unexpected",
                    session.identity().sessionId(),
                    e);
            session.close(CloseCode.INTERNAL);
        } finally {
            ended.run();
        }
    }

    private void catchUp(SyncStart start) throws InterruptedException, SessionPages.SessionClosed {
        SessionPages pages = new SessionPages(session, services, start.ref());
        // Asked first: what it counts is surely among the pages that are read after it.
        long inboxVersion = list.isPresent() ? 0 : inboxVersion(pages);
        Map<String, Long> heads = heads(pages, start.cursors().keySet());
        for (Map.Entry<String, Long> cursor : new TreeMap<>(start.cursors()).entrySet()) {
            String conversationId = cursor.getKey();
            Long head = heads.get(conversationId);
            if (head == null) {
                pages.fillNamed(conversationId); // whose refusal says whether there is no such conversation
            } else {
                if (cursor.getValue() > head) {
                    pages.pastHead(conversationId, head);
                }
                if (cursor.getValue() < head || !session.gaps().close(conversationId, session.nowNanos())) {
                    pages.fillNamed(conversationId);
                }
            }
        }
        boolean resumed = true;
        if (list.isPresent()) {
            ListCatchUp.Reached reached = list.get().run(pages, start.cursors().keySet());
            inboxVersion = reached.inboxVersion();
            resumed = reached.resumed();
        }
        ended.run();
        session.send(new ServerFrame.SyncDone(inboxVersion, resumed && pages.resumed(), start.ref()));
        if (list.isPresent() && resumed) {
            list.get().done(inboxVersion);
        }
    }

    private long inboxVersion(SessionPages pages) throws InterruptedException {
        return pages.ask(new ChatQuery.Account(session.identity().userId()), AccountState.class)
                .inboxVersion();
    }

    /// The heads of those conversations of which the user is a member: a few questions, however many are up to
    /// date.
    private Map<String, Long> heads(SessionPages pages, Iterable<String> conversationIds) throws InterruptedException {
        Map<Integer, List<String>> byPartition = new TreeMap<>();
        for (String id : conversationIds) {
            byPartition
                    .computeIfAbsent(services.partitioning().partitionOf(id), _ -> new ArrayList<>())
                    .add(id);
        }
        Map<String, Long> heads = new HashMap<>();
        for (List<String> ids : byPartition.values()) {
            for (int from = 0; from < ids.size(); from += SUMMARIES_AT_ONCE) {
                List<String> some = ids.subList(from, Math.min(ids.size(), from + SUMMARIES_AT_ONCE));
                var question = new ChatQuery.Summaries(some, session.identity().userId());
                for (Summary summary : pages.ask(question, SummaryList.class).summaries()) {
                    heads.put(summary.conversationId(), summary.headSeq());
                }
            }
        }
        return heads;
    }
}
