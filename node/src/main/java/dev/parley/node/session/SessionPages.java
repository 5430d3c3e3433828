package dev.parley.node.session;

import dev.parley.chat.ChatQuery;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.Page;
import dev.parley.node.gate.GateException;
import dev.parley.node.wire.Answers;
import dev.parley.node.wire.Messages;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Problem;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads conversations for a session that catches up, and sends it the pages. For one thread.
final class SessionPages {
    /// Records of one read: at most 400 KB of text in memory for each session that catches up.
    private static final int PAGE_RECORDS = 100;

    /// A batch is at most so long, or holds one message: a frame that a slow line carries in well under a
    /// second.
    private static final int BATCH_BYTES = 32 * 1024;

    /// Ids, times and field names of one message in a batch.
    private static final int MESSAGE_OVERHEAD_BYTES = 400;

    /// Reads that find nothing although a delivery has been seen: then something is wrong with this node.
    private static final int EMPTY_READS_MAX = 3;

    private final Session session;
    private final SessionServices services;
    private final Optional<String> ref;
    private boolean resumed = true;

    /// @param ref of the `sync.start`
    SessionPages(Session session, SessionServices services, Optional<String> ref) {
        this.session = session;
        this.services = services;
        this.ref = ref;
    }

    /// False if the device presented what does not exist.
    boolean resumed() {
        return resumed;
    }

    /// Sends all that the device does not have of a conversation that it named, and makes it live. A refusal is
    /// told.
    void fillNamed(String conversationId) throws InterruptedException, SessionClosed {
        Optional<QueryAnswer.Refused> refused = fill(conversationId);
        if (refused.isPresent()) {
            String detail = refused.get().detail();
            reject(conversationId, Problems.of(refused.get().refusal(), detail).code(), detail);
        }
    }

    /// Sends all that the device does not have of a conversation, and makes it live.
    ///
    /// @return why the user may not read it; it is given up then
    Optional<QueryAnswer.Refused> fill(String conversationId) throws InterruptedException, SessionClosed {
        int emptyReads = 0;
        boolean live = false;
        while (!live) {
            long throughSeq = session.gaps().throughSeq(conversationId);
            QueryAnswer answer = ask(
                    new ChatQuery.PageAfter(conversationId, session.identity().userId(), throughSeq, PAGE_RECORDS));
            if (answer instanceof QueryAnswer.Refused refused) {
                session.gaps().abandon(conversationId);
                return Optional.of(refused);
            }
            Page page = expect(Page.class, answer);
            if (page.throughSeq() < throughSeq) {
                pastHead(conversationId, page.throughSeq());
            }
            send(conversationId, page.records());
            live = !page.more() && session.gaps().close(conversationId, session.nowNanos());
            emptyReads = page.records().isEmpty() ? emptyReads + 1 : 0;
            if (!live && emptyReads >= EMPTY_READS_MAX) {
                throw new GateException(ErrorCode.INTERNAL, "a delivered record is in no page: " + conversationId);
            }
        }
        return Optional.empty();
    }

    /// The device says that it has what does not exist, so nobody knows what it has of this conversation.
    void pastHead(String conversationId, long head) {
        resumed = false;
        reject(conversationId, ErrorCode.INVALID_FIELD, "is past the head, which is " + head);
        session.gaps().moveTo(conversationId, head);
    }

    <T extends QueryAnswer> T ask(ChatQuery query, Class<T> expected) throws InterruptedException {
        return expect(expected, ask(query));
    }

    /// Reads with a permit, which is not held while a client is slow to take what was read: some slow clients
    /// must not
    /// keep all others from catching up.
    private QueryAnswer ask(ChatQuery query) throws InterruptedException {
        services.syncs().acquire();
        try {
            return Answers.await(services.gate().ask(query));
        } finally {
            services.syncs().release();
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
        awaitRoom(frame.length);
        session.gaps().fill(conversationId, batch.getLast().conversationSeq(), frame);
    }

    /// Sends a frame that is not a page, at the client's pace.
    void send(ServerFrame frame) throws InterruptedException, SessionClosed {
        byte[] bytes = WireFrames.text(FrameJson.encode(frame));
        awaitRoom(bytes.length);
        session.send(bytes);
    }

    private void awaitRoom(int bytes) throws InterruptedException, SessionClosed {
        if (!session.awaitRoom(bytes)) {
            throw new SessionClosed();
        }
    }

    private void reject(String conversationId, ErrorCode code, String reason) {
        Problem problem = new Problem(
                code,
                "%s: %s.".formatted(conversationId, reason),
                OptionalLong.empty(),
                Problems.newTraceId(),
                List.of(new Problem.FieldError("cursors." + conversationId, reason)));
        session.send(new ServerFrame.ErrorFrame(problem, Optional.empty(), ref));
    }

    /// Bytes of a body in JSON, or a little more.
    private static int jsonBytes(MessageBody body) {
        return switch (body) {
            case MessageBody.Text(var text) ->
                text.chars().map(SessionPages::jsonBytes).sum();
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
    static final class SessionClosed extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
