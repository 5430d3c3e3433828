package dev.parley.node.session;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatAnswer.MessagePosted;
import dev.parley.chat.ChatCommand;
import dev.parley.node.delivery.Delivery.Cursor;
import dev.parley.node.wire.Answers;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ClientFrame.CursorDelivered;
import dev.parley.protocol.ClientFrame.CursorRead;
import dev.parley.protocol.ClientFrame.MessageSend;
import dev.parley.protocol.ClientFrame.Ping;
import dev.parley.protocol.ClientFrame.PresenceWatch;
import dev.parley.protocol.ClientFrame.SyncStart;
import dev.parley.protocol.ClientFrame.Typing;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Problem;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import dev.parley.protocol.json.InvalidInput;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What a session's client asks for. Called by the connection's reader, one frame after the other; answers come
/// from
/// other threads, when they are there, and the reader goes on meanwhile.
public final class SessionRequests {
    /// What a request costs beside its text while it is unanswered.
    private static final int REQUEST_BYTES = 256;

    /// Frames in a row that made no sense: no client that works does so.
    private static final int SENSELESS_MAX = 100;

    private final Session session;
    private final SessionServices services;
    private final UnansweredRequests unanswered;
    private final CursorAdvances advances;
    private final AtomicBoolean syncing = new AtomicBoolean();
    private final TypingPace typingPace = new TypingPace();

    /// The newest wish that is not answered yet; null if there is none, and no thread that answers.
    private final AtomicReference<@Nullable PresenceWatch> watch = new AtomicReference<>();

    private int senseless;

    public SessionRequests(Session session, SessionSettings settings, SessionServices services) {
        this.session = session;
        this.services = services;
        this.unanswered = new UnansweredRequests(settings.unansweredMax());
        this.advances = new CursorAdvances(session, services, unanswered);
    }

    /// Carries out one text frame. Waits while too much is unanswered.
    ///
    /// @param utf8 valid UTF-8
    public void handle(byte[] utf8) throws InterruptedException {
        ClientFrame frame;
        try {
            frame = FrameJson.decodeClient(utf8);
        } catch (InvalidInput e) {
            session.send(e.errorFrame(Problems.newTraceId()));
            if (++senseless >= SENSELESS_MAX) {
                session.close(CloseCode.RATE);
            }
            return;
        }
        senseless = 0;
        try {
            switch (frame) {
                case MessageSend send -> post(send);
                case SyncStart start -> sync(start);
                case CursorRead read -> {
                    services.rates().request(session.identity().userId());
                    advances.advance(Cursor.READ, read.conversationId(), read.readThroughSeq(), read.ref());
                }
                case CursorDelivered delivered -> {
                    services.rates().request(session.identity().userId());
                    advances.advance(
                            Cursor.DELIVERED,
                            delivered.conversationId(),
                            delivered.deliveredThroughSeq(),
                            delivered.ref());
                }
                case Typing typing -> type(typing);
                case PresenceWatch next -> watch(next);
                case Ping ping -> session.send(new ServerFrame.Pong(ping.ref()));
            }
        } catch (ProblemException e) {
            session.send(new ServerFrame.ErrorFrame(e.problem(), clientMessageId(frame), frame.ref()));
        }
    }

    private void post(MessageSend send) throws InterruptedException {
        if (!(send.body() instanceof MessageBody.Text(var text))) {
            throw ProblemException.invalidField("body.kind", "must be 'text'");
        }
        SessionIdentity sender = session.identity();
        services.rates().send(sender.userId());
        int bytes = REQUEST_BYTES + text.length();
        unanswered.begin(bytes);
        var command = new ChatCommand.PostMessage(
                send.conversationId(), sender.userId(), sender.deviceId(), send.clientMessageId(), text);
        var _ = services.gate().submit(command).whenComplete((answer, failure) -> {
            unanswered.end(bytes);
            session.send(answerTo(send, answer, failure));
        });
    }

    private static ServerFrame answerTo(MessageSend send, @Nullable ChatAnswer answer, @Nullable Throwable failure) {
        if (answer instanceof MessagePosted posted) {
            return new ServerFrame.MessageAck(
                    send.clientMessageId(),
                    posted.messageId(),
                    send.conversationId(),
                    posted.seq(),
                    Instant.ofEpochMilli(posted.createdAtMillis()),
                    posted.duplicate(),
                    send.ref());
        }
        return new ServerFrame.ErrorFrame(problem(answer, failure), Optional.of(send.clientMessageId()), send.ref());
    }

    private static Problem problem(@Nullable ChatAnswer answer, @Nullable Throwable failure) {
        if (failure != null) {
            return Problems.of(Answers.failure(failure));
        }
        if (answer instanceof ChatAnswer.Refused(var refusal, var detail)) {
            return Problems.of(refusal, detail);
        }
        return Problems.internal("post answered wrongly", new IllegalStateException("answer: " + answer));
    }

    private void type(Typing typing) throws InterruptedException {
        String userId = session.identity().userId();
        services.rates().request(userId);
        if (!typingPace.admits(typing.conversationId(), typing.active(), session.nowNanos())) {
            return;
        }
        unanswered.begin(REQUEST_BYTES);
        var _ = services.typing()
                .tell(typing.conversationId(), userId, typing.active())
                .thenAccept(problem -> {
                    unanswered.end(REQUEST_BYTES);
                    problem.ifPresent(
                            wrong -> session.send(new ServerFrame.ErrorFrame(wrong, Optional.empty(), typing.ref())));
                });
    }

    private void watch(PresenceWatch next) {
        services.rates().request(session.identity().userId());
        if (watch.getAndSet(next) == null) {
            services.threads().newThread(() -> answerWatch(next)).start();
        }
    }

    /// Answers a wish, and what came meanwhile; of several only the last.
    private void answerWatch(PresenceWatch first) {
        PresenceWatch answered = first;
        services.presence().watch(session, answered);
        while (!watch.compareAndSet(answered, null)) {
            PresenceWatch next = watch.get();
            if (next == null) {
                return;
            }
            answered = next;
            services.presence().watch(session, answered);
        }
    }

    private void sync(SyncStart start) {
        services.rates().request(session.identity().userId());
        if (!syncing.compareAndSet(false, true)) {
            throw new ProblemException(
                    ErrorCode.RATE_LIMITED, "A sync of this session is under way; wait for its sync.done.");
        }
        // Before this thread reads on: what is delivered from now on comes after the pages.
        Optional<ListCatchUp> list = start.since().map(since -> ListCatchUp.hold(session, services, since));
        session.gaps().hold(start.cursors());
        CatchUp catchUp = new CatchUp(session, services, list, () -> syncing.set(false));
        services.threads().newThread(() -> catchUp.run(start)).start();
    }

    private static Optional<String> clientMessageId(ClientFrame frame) {
        return frame instanceof MessageSend send ? Optional.of(send.clientMessageId()) : Optional.empty();
    }
}
