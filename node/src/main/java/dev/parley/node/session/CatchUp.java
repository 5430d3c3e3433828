package dev.parley.node.session;

import dev.parley.chat.ChatQuery;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.chat.QueryAnswer.Page;
import dev.parley.chat.QueryAnswer.Summary;
import dev.parley.chat.QueryAnswer.SummaryList;
import dev.parley.node.gate.GateException;
import dev.parley.node.wire.Answers;
import dev.parley.node.wire.Messages;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ClientFrame.SyncStart;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Problem;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends a session what its device missed: pages of history per conversation, in order, then `sync.done`.
///
/// Runs on a virtual thread of its own, at the client's pace: it waits until the session's queue has room. If a page
/// cannot be read the session is closed with 4000 and starts over, for going on would leave a hole.
final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    /// Records of one read: at most 400 KB of text in memory for each session that catches up.
    private static final int PAGE_RECORDS = 100;

    /// Conversations of one question for their heads.
    private static final int SUMMARIES_AT_ONCE = 200;

    /// A batch is at most so long, or holds one message: a frame that a slow line carries in well under a second.
    private static final int BATCH_BYTES = 32 * 1024;

    /// Ids, times and field names of one message in a batch.
    private static final int MESSAGE_OVERHEAD_BYTES = 400;

    /// Reads that find nothing although a delivery has been seen: then something is wrong with this node.
    private static final int EMPTY_READS_MAX = 3;

    private final Session session;
    private final SessionServices services;
    private final Runnable ended;
    private boolean resumed = true;

    /// For one `sync.start`.
    ///
    /// @param ended called before `sync.done` is queued: the client may ask again as soon as it has that
    CatchUp(Session session, SessionServices services, Runnable ended) {
        this.session = session;
        this.services = services;
        this.ended = ended;
    }

    /// Catches up on all conversations of the frame; [Gaps#hold] was called for them.
    void run(SyncStart start) {
        try {
            catchUp(start);
        } catch (SessionClosed _) {
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

    private void catchUp(SyncStart start) throws InterruptedException, SessionClosed {
        // Asked first: what it counts is surely among the pages that are read after it.
        long inboxVersion = inboxVersion();
        Map<String, Long> heads = heads(start.cursors().keySet());
        for (Map.Entry<String, Long> cursor : new TreeMap<>(start.cursors()).entrySet()) {
            String conversationId = cursor.getKey();
            Long head = heads.get(conversationId);
            if (head == null) {
                fill(conversationId, start); // whose refusal says whether there is no such conversation
            } else {
                if (cursor.getValue() > head) {
                    pastHead(conversationId, head, start);
                }
                if (cursor.getValue() < head || !session.gaps().close(conversationId, session.nowNanos())) {
                    fill(conversationId, start);
                }
            }
        }
        ended.run();
        session.send(new ServerFrame.SyncDone(inboxVersion, resumed, start.ref()));
    }

    private void fill(String conversationId, SyncStart start) throws InterruptedException, SessionClosed {
        int emptyReads = 0;
        boolean live = false;
        while (!live) {
            long throughSeq = session.gaps().throughSeq(conversationId);
            QueryAnswer answer = ask(
                    new ChatQuery.PageAfter(conversationId, session.identity().userId(), throughSeq, PAGE_RECORDS));
            if (answer instanceof QueryAnswer.Refused(var refusal, var detail)) {
                reject(conversationId, start, Problems.of(refusal, detail).code(), detail);
                session.gaps().abandon(conversationId);
                return;
            }
            Page page = expect(Page.class, answer);
            if (page.throughSeq() < throughSeq) {
                pastHead(conversationId, page.throughSeq(), start);
            }
            send(conversationId, page.records());
            live = !page.more() && session.gaps().close(conversationId, session.nowNanos());
            emptyReads = page.records().isEmpty() ? emptyReads + 1 : 0;
            if (!live && emptyReads >= EMPTY_READS_MAX) {
                throw new GateException(ErrorCode.INTERNAL, "a delivered record is in no page: " + conversationId);
            }
        }
    }

    private void send(String conversationId, List<ConversationRecord> records)
            throws InterruptedException, SessionClosed {
        List<Message> batch = new ArrayList<>();
        int batchBytes = 0;
        for (ConversationRecord record : records) {
            Message message = Messages.of(record);
            int bytes = MESSAGE_OVERHEAD_BYTES + jsonBytes(message.body());
            if (!batch.isEmpty() && batchBytes + bytes > BATCH_BYTES) {
                sendBatch(conversationId, batch);
                batch = new ArrayList<>();
                batchBytes = 0;
            }
            batch.add(message);
            batchBytes += bytes;
        }
        if (!batch.isEmpty()) {
            sendBatch(conversationId, batch);
        }
    }

    private void sendBatch(String conversationId, List<Message> batch) throws InterruptedException, SessionClosed {
        byte[] frame = WireFrames.text(FrameJson.encode(new ServerFrame.SyncBatch(conversationId, batch)));
        if (!session.awaitRoom(frame.length)) {
            throw new SessionClosed();
        }
        session.gaps().fill(conversationId, batch.getLast().conversationSeq(), frame);
    }

    /// Reads with a permit, which is not held while a client is slow to take what was read: some slow clients must not
    /// keep all others from catching up.
    private QueryAnswer ask(ChatQuery query) throws InterruptedException {
        services.syncs().acquire();
        try {
            return Answers.await(services.gate().ask(query));
        } finally {
            services.syncs().release();
        }
    }

    private long inboxVersion() throws InterruptedException {
        QueryAnswer answer = ask(new ChatQuery.Account(session.identity().userId()));
        return expect(AccountState.class, answer).inboxVersion();
    }

    /// The heads of those conversations of which the user is a member: a few questions, however many are up to date.
    private Map<String, Long> heads(Iterable<String> conversationIds) throws InterruptedException {
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
                QueryAnswer answer =
                        ask(new ChatQuery.Summaries(some, session.identity().userId()));
                for (Summary summary : expect(SummaryList.class, answer).summaries()) {
                    heads.put(summary.conversationId(), summary.headSeq());
                }
            }
        }
        return heads;
    }

    /// The device says that it has what does not exist, so nobody knows what it has of this conversation.
    private void pastHead(String conversationId, long head, SyncStart start) {
        resumed = false;
        reject(conversationId, start, ErrorCode.INVALID_FIELD, "is past the head, which is " + head);
        session.gaps().moveTo(conversationId, head);
    }

    private void reject(String conversationId, SyncStart start, ErrorCode code, String reason) {
        Problem problem = new Problem(
                code,
                "%s: %s.".formatted(conversationId, reason),
                OptionalLong.empty(),
                Problems.newTraceId(),
                List.of(new Problem.FieldError("cursors." + conversationId, reason)));
        session.send(new ServerFrame.ErrorFrame(problem, Optional.empty(), start.ref()));
    }

    /// Bytes of a body in JSON, or a little more.
    private static int jsonBytes(MessageBody body) {
        return switch (body) {
            case MessageBody.Text(var text) ->
                text.chars().map(CatchUp::jsonBytes).sum();
            case MessageBody.Membership _ -> MESSAGE_OVERHEAD_BYTES;
        };
    }

    private static int jsonBytes(int c) {
        if (c < ' ') {
            return 6; // an escape such as \u0001
        }
        if (c < 0x80) {
            return c == '"' || c == '\\' ? 2 : 1;
        }
        return c < 0x800 ? 2 : 3;
    }

    private static <T extends QueryAnswer> T expect(Class<T> type, QueryAnswer answer) {
        if (!type.isInstance(answer)) {
            throw new GateException(ErrorCode.INTERNAL, "expected " + type.getSimpleName() + ", but got " + answer);
        }
        return type.cast(answer);
    }

    /// The session closed while its client was caught up.
    private static final class SessionClosed extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
