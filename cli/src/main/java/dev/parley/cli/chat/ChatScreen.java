package dev.parley.cli.chat;

import dev.parley.cli.Screen;
import dev.parley.client.InMemoryDeviceStore;
import dev.parley.client.LiveSession;
import dev.parley.client.ParleyClient;
import dev.parley.client.ParleyException;
import dev.parley.client.SendOutcome;
import dev.parley.client.SessionListener;
import dev.parley.client.SessionState;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Message;
import dev.parley.protocol.Rest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;

/// The terminal of one conversation. The calling thread reads what is typed; the session's thread prints what comes
/// in, above the prompt. JLine's reader keeps the two apart.
final class ChatScreen implements SessionListener {

    private static final int HISTORY = 20;
    private static final long POLL_NANOS = 20_000_000;
    private static final Duration TYPING_EVERY = Duration.ofSeconds(3);
    private static final Duration LEAVE_PATIENCE = Duration.ofSeconds(3);

    private final Terminal terminal;
    private final ParleyClient client;
    private final Talk talk;
    private final LineReader reader;
    private final ChatText text;
    private final AtomicInteger unsent = new AtomicInteger();
    private final AtomicLong shownThrough = new AtomicLong();

    /// The place of the last message that was said here.
    private final AtomicLong ownThrough = new AtomicLong();

    private final Marks marks;

    /// Who is here, as far as was told; written by the session's thread.
    private final Map<String, Rest.UserPresence> present = new ConcurrentHashMap<>();

    private final Typists typists = new Typists(System::nanoTime);

    /// When the others were told last that something is being written here; only the calling thread uses it.
    private long typingToldNanos = System.nanoTime() - TYPING_EVERY.toNanos();

    private volatile SessionState state;

    ChatScreen(Terminal terminal, ParleyClient client, Talk talk) {
        this.terminal = terminal;
        this.client = client;
        this.talk = talk;
        this.text = new ChatText(talk.userId(), Screen.hasColour() ? ChatText.Style.COLOURED : ChatText.Style.PLAIN);
        this.marks = new Marks(talk.userId());
        this.state = new SessionState.Waiting("starting", Duration.ZERO);
        this.reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("parley")
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.ERASE_LINE_ON_FINISH, true)
                .build();
    }

    /// @param title as shown: the other user or the group
    record Talk(String conversationId, String title, String userId) {}

    /// Runs until the user leaves.
    void run() {
        above(text.note("conversation with " + Screen.safe(talk.title()) + "; /help shows what else there is"));
        showHistory();
        try (LiveSession session = client.connect(new InMemoryDeviceStore(), this)) {
            session.watch(List.of(), List.of(talk.conversationId()));
            tellTyping(session);
            while (true) {
                String line = reader.readLine(prompt());
                if (!line.isBlank() && !handle(session, line.strip())) {
                    break;
                }
            }
            awaitUnsent(session);
        } catch (EndOfFileException | UserInterruptException e) {
            above(text.note("bye")); // Ctrl-D or Ctrl-C: the usual ways out
        }
    }

    /// With each key that changes a message, but once in a while only, the others hear that it is being written.
    private void tellTyping(LiveSession session) {
        for (String edit : List.of(LineReader.SELF_INSERT, LineReader.BACKWARD_DELETE_CHAR)) {
            reader.getWidgets().computeIfPresent(edit, (_, original) -> () -> {
                boolean done = original.apply();
                long now = System.nanoTime();
                boolean message =
                        reader.getBuffer().length() > 0 && reader.getBuffer().atChar(0) != '/';
                if (message && now - typingToldNanos >= TYPING_EVERY.toNanos()) {
                    typingToldNanos = now;
                    session.typing(talk.conversationId());
                }
                return done;
            });
        }
    }

    /// @return false to leave
    private boolean handle(LiveSession session, String line) {
        if (!line.startsWith("/")) {
            send(session, line);
            return true;
        }
        switch (line) {
            case "/quit", "/exit" -> {
                return false;
            }
            case "/help" -> {
                above(text.note("/members  who is here, and how far each has read"));
                above(text.note("/quit     leave (or Ctrl-D)"));
                above(text.note("//text    sends a line that begins with a slash"));
            }
            case "/members" -> showMembers();
            default -> {
                if (line.startsWith("//")) {
                    send(session, line.substring(1));
                } else {
                    above(text.warning("there is no command " + line + "; see /help"));
                }
            }
        }
        return true;
    }

    private void send(LiveSession session, String line) {
        unsent.incrementAndGet();
        typingToldNanos = System.nanoTime() - TYPING_EVERY.toNanos(); // the next message is news again
        refreshPrompt();
        var _ = session.send(talk.conversationId(), line).thenAccept(outcome -> {
            unsent.decrementAndGet();
            switch (outcome) {
                case SendOutcome.Acknowledged _ -> {} // its record comes to onRecord
                case SendOutcome.Refused refused ->
                    above(text.warning("not sent: " + refused.problem().detail() + " — " + line));
                case SendOutcome.NotSent notSent -> above(text.warning("not sent: " + notSent.reason() + " — " + line));
                case SendOutcome.Unknown unknown ->
                    above(text.warning("may not have been sent: " + unknown.reason() + " — " + line));
            }
            refreshPrompt();
        });
    }

    @Override
    public void onRecord(Message record) {
        if (!record.conversationId().equals(talk.conversationId())) {
            return;
        }
        typists.heard(record.senderId(), false);
        show(record);
        refreshPrompt();
    }

    /// In a group, who is not here when the screen opens is not worth a line.
    @Override
    public void onPresence(List<Rest.UserPresence> users) {
        boolean several = users.size() > 2;
        for (Rest.UserPresence user : users) {
            Rest.UserPresence before = present.put(user.userId(), user);
            boolean first = before == null;
            if (!user.userId().equals(talk.userId())
                    && !user.equals(before)
                    && (!first || !several || ChatText.isOnline(user))) {
                above(text.presence(user));
            }
        }
    }

    @Override
    public void onTyping(Typing typing) {
        if (typing.conversationId().equals(talk.conversationId())) {
            typists.heard(typing.userId(), typing.active());
            refreshPrompt();
            CompletableFuture.delayedExecutor(Typists.BELIEVED.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(this::refreshPrompt);
        }
    }

    @Override
    public void onReceipt(Receipt receipt) {
        if (receipt.conversationId().equals(talk.conversationId())) {
            marks.heard(receipt);
            refreshPrompt();
        }
    }

    @Override
    public void onState(SessionState next) {
        state = next;
        if (next instanceof SessionState.Ended ended && ended.reason() != SessionState.EndReason.CLOSED) {
            above(text.warning("the session is over: " + ended.detail()));
        }
        refreshPrompt();
    }

    private void show(Message record) {
        if (shownThrough.get() >= record.conversationSeq()) {
            return;
        }
        shownThrough.set(record.conversationSeq());
        marks.heard(record);
        if (record.senderId().equals(talk.userId())) {
            above(text.record(record) + " " + text.mark(marks.of(record.conversationSeq())));
            ownThrough.set(record.conversationSeq());
        } else {
            above(text.record(record));
            markRead(record.conversationSeq());
        }
    }

    /// What is on the screen counts as read. Best effort: the next message makes up for it.
    private void markRead(long seq) {
        Thread.ofVirtual().name("chat-read-cursor").start(() -> {
            try {
                client.markRead(talk.conversationId(), seq);
            } catch (ParleyException e) {
                above(text.note("read position not stored: " + e.getMessage()));
            }
        });
    }

    private void showHistory() {
        try {
            marks.know(client.members(talk.conversationId()));
            client.historyBefore(talk.conversationId(), Limits.SEQ_MAX, HISTORY)
                    .messages()
                    .forEach(this::show);
        } catch (ParleyException e) {
            above(text.warning("the history cannot be read now: " + e.getMessage()));
        }
    }

    private void showMembers() {
        try {
            for (Rest.Member member : client.members(talk.conversationId())) {
                above(text.note(String.format(
                        "%s %-20s %-7s read up to %d, received up to %d",
                        Optional.ofNullable(present.get(member.userId()))
                                .map(ChatText::mark)
                                .orElse(" "),
                        Screen.safe(member.userId()),
                        member.role(),
                        member.readThroughSeq(),
                        member.deliveredThroughSeq())));
            }
        } catch (ParleyException e) {
            above(text.warning("the members cannot be listed now: " + e.getMessage()));
        }
    }

    private void awaitUnsent(LiveSession session) {
        long deadline = System.nanoTime() + LEAVE_PATIENCE.toNanos();
        while (unsent.get() > 0
                && System.nanoTime() - deadline < 0
                && !(session.state() instanceof SessionState.Ended)) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private String prompt() {
        return lastMark() + text.prompt(connection(), unsent.get(), typists.now());
    }

    /// What became of the own message at the end of the conversation: printed lines cannot change, the prompt can.
    private String lastMark() {
        long own = ownThrough.get();
        boolean last = own > 0 && own == shownThrough.get() && unsent.get() == 0;
        return last ? text.mark(marks.of(own)) + " " : "";
    }

    private Optional<String> connection() {
        return switch (state) {
            case SessionState.Online _ -> Optional.empty();
            case SessionState.Connecting _ -> Optional.of("connecting");
            case SessionState.Waiting _ -> Optional.of("offline");
            case SessionState.Ended _ -> Optional.of("ended");
        };
    }

    private void refreshPrompt() {
        if (reader instanceof LineReaderImpl editor && reader.isReading()) {
            editor.setPrompt(prompt());
            editor.redisplay();
        }
    }

    /// Prints a line above the prompt, whichever thread asks.
    private void above(String line) {
        if (reader.isReading()) {
            reader.printAbove(line);
        } else {
            terminal.writer().println(line);
            terminal.flush();
        }
    }
}
