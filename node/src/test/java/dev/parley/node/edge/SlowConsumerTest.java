package dev.parley.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.parley.chat.ChatCommand;
import dev.parley.node.session.Session;
import dev.parley.node.session.SessionSettings;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.Message;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// One session reads 1 kB a second while its conversation gets 2,000 messages a second, over real sockets.
class SlowConsumerTest {
    private static final int BYTES_MAX = 256 * 1024;
    private static final int RECEIVE_BUFFER = 4_096;
    private static final int SLOW_BYTES_PER_SECOND = 1_000;
    private static final int AT_ONCE = 20;
    private static final long TICK_NANOS = Duration.ofMillis(10).toNanos();
    private static final int MESSAGES_MIN = 4_000;
    private static final int MESSAGES_MAX = 60_000;

    /// The fast session is so far behind at most, about half of its own queue: else it is a slow one on a slow
    /// machine.
    private static final int BEHIND_MAX = 100;

    private static final Duration NEVER = Duration.ofMinutes(30);

    private static final String TEXT = "x".repeat(1_000);

    private final SlowCloses closes = new SlowCloses();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Session.class);

    @BeforeEach
    void listen() {
        closes.start();
        logger.addAppender(closes);
    }

    @AfterEach
    void close() {
        logger.detachAppender(closes);
    }

    @Test
    void a_slow_session_is_closed_with_4008_and_has_the_same_log_after_reconnecting_while_others_get_everything()
            throws Exception {
        // Only bytes count here: no limit in time closes a session, and none cuts the connection before it is read.
        SessionSettings settings = new SessionSettings(
                BYTES_MAX,
                NEVER,
                NEVER,
                NEVER,
                NEVER,
                SessionSettings.defaults().unansweredMax());
        try (EdgeFixture edge = EdgeFixture.start(change -> change.withSessions(settings))) {
            String ann = edge.session("ann", "d1");
            String bob = edge.session("bob", "d1");
            String carl = edge.session("carl", "d1");
            String group = edge.group(ann, List.of("bob", "carl"));
            edge.chat.awaitDelivered();
            Pace pace = new Pace();
            List<Message> fastLog = new ArrayList<>();
            List<Message> slowLog = new ArrayList<>();
            try (LiveSocket fast = LiveSocket.open(edge, bob);
                    RawSocket slow = RawSocket.open(edge, carl, RECEIVE_BUFFER, pace::over)) {
                CompletableFuture<Integer> closeCode = readAll(slow, slowLog);
                long mostQueued = post(edge, group, fast, fastLog);

                assertThat(mostQueued).isPositive().isLessThanOrEqualTo(2L * BYTES_MAX);
                pace.stop();
                assertThat(closeCode.get(2, TimeUnit.MINUTES)).isEqualTo(CloseCode.SLOW_CONSUMER.code());
            }
            assertThat(closes.users).containsExactly("carl");
            assertThat(fastLog).extracting(Message::conversationSeq).isSorted().doesNotHaveDuplicates();
            assertThat(fastLog.getLast().conversationSeq() - fastLog.getFirst().conversationSeq())
                    .isEqualTo(fastLog.size() - 1L);
            assertThat(slowLog).isNotEmpty().hasSizeLessThan(fastLog.size());

            try (LiveSocket again = LiveSocket.open(edge, carl)) {
                catchUp(again, group, slowLog);
            }
            assertThat(slowLog).isEqualTo(fastLog);
        }
    }

    /// Posts until the slow session is closed, for two seconds at least; the fast one has everything then.
    ///
    /// @return the most bytes that were seen to wait in all sessions together
    private long post(EdgeFixture edge, String group, LiveSocket fast, List<Message> fastLog) throws Exception {
        long mostQueued = 0;
        int posted = 0;
        long due = System.nanoTime();
        while (posted < MESSAGES_MIN || closes.users.isEmpty()) {
            assertThat(posted).as("posted, and still not closed").isLessThan(MESSAGES_MAX);
            for (int i = 0; i < AT_ONCE; i++) {
                var _ = edge.chat.submit(new ChatCommand.PostMessage(group, "ann", "d1", "m" + posted++, TEXT));
            }
            mostQueued = Math.max(mostQueued, edge.sessions.queuedBytes());
            while (posted - fastLog.size() > BEHIND_MAX) {
                fastLog.add(fast.next(ServerFrame.MessageNew.class).message());
            }
            due += TICK_NANOS;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
        while (fastLog.size() < posted) {
            fastLog.add(fast.next(ServerFrame.MessageNew.class).message());
        }
        return mostQueued;
    }

    /// Reads to the close frame.
    ///
    /// @return its code
    private static CompletableFuture<Integer> readAll(RawSocket socket, List<Message> messages) {
        CompletableFuture<Integer> closeCode = new CompletableFuture<>();
        Thread.ofVirtual().name("slow-reader").start(() -> {
            try {
                RawSocket.Frame frame = socket.read();
                while (frame.opCode() != RawSocket.CLOSE) {
                    if (frame.opCode() == RawSocket.TEXT
                            && FrameJson.decodeServer(frame.payload().getBytes(StandardCharsets.UTF_8))
                                    instanceof ServerFrame.MessageNew(Message message)) {
                        messages.add(message);
                    }
                    frame = socket.read();
                }
                closeCode.complete(frame.closeCode());
            } catch (IOException | RuntimeException e) {
                closeCode.completeExceptionally(e);
            }
        });
        return closeCode;
    }

    private static void catchUp(LiveSocket socket, String group, List<Message> messages) throws Exception {
        long last = messages.getLast().conversationSeq();
        socket.send(new ClientFrame.SyncStart(Map.of(group, last), Optional.empty(), Optional.of("s")));
        ServerFrame frame = socket.next(ServerFrame.class);
        while (!(frame instanceof ServerFrame.SyncDone)) {
            if (frame instanceof ServerFrame.SyncBatch(String _, List<Message> batch)) {
                messages.addAll(batch);
            }
            frame = socket.next(ServerFrame.class);
        }
    }

    /// Whose sessions were closed because they were slow.
    private static final class SlowCloses extends AppenderBase<ILoggingEvent> {
        private static final Pattern LINE = Pattern.compile("user=(\\S+) .*reason=slow-consumer");

        private final List<String> users = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            Matcher line = LINE.matcher(event.getFormattedMessage());
            if (line.find()) {
                users.add(line.group(1));
            }
        }
    }

    /// A kilobyte a second, in small pieces, until it is told to stop that.
    private static final class Pace {
        private static final int PIECE_BYTES = 100;
        private static final long PIECE_NANOS = Duration.ofSeconds(1).toNanos() * PIECE_BYTES / SLOW_BYTES_PER_SECOND;

        private volatile boolean stopped;

        void stop() {
            stopped = true;
        }

        InputStream over(InputStream in) {
            return new FilterInputStream(in) {
                @Override
                public int read(byte[] bytes, int from, int length) throws IOException {
                    if (stopped) {
                        return super.read(bytes, from, length);
                    }
                    LockSupport.parkNanos(PIECE_NANOS);
                    return super.read(bytes, from, Math.min(length, PIECE_BYTES));
                }
            };
        }
    }
}
