package dev.parley.node.session;

import dev.parley.node.delivery.Delivery.ListChange;
import dev.parley.node.placement.Partitioning;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import java.time.Instant;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A device's live connection: what it is told. Thread-safe; nothing here blocks.
///
/// Three threads meet here: the connection's reader, the deliveries of each partition, and the sweep. All that
/// is sent
/// goes through one [Outbound], so frames never mix, and a client that takes nothing is closed instead of
/// waited for.
public final class Session {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final SessionIdentity identity;
    private final Instant expiresAt;
    private final SessionSettings settings;
    private final LongSupplier nanoTime;
    private final Outbound outbound;
    private final Gaps gaps;
    private final Partitioning partitioning;
    private volatile @Nullable Marks marks;
    private volatile long receivedAtNanos;
    private volatile long messageStartedNanos;
    private volatile boolean inMessage;
    private volatile boolean goodbye;
    private long pingDueNanos;

    /// What sessions share.
    ///
    /// @param drainers makes the virtual threads that write
    /// @param nanoTime a monotonic clock
    public record Shared(
            SessionSettings settings, Partitioning partitioning, ThreadFactory drainers, LongSupplier nanoTime) {}

    /// A session that is told nothing until [#begin].
    ///
    /// @param expiresAt when its token ends, and it with it
    public Session(SessionIdentity identity, Instant expiresAt, SessionSocket socket, Shared shared) {
        this.identity = identity;
        this.expiresAt = expiresAt;
        this.settings = shared.settings();
        this.nanoTime = shared.nanoTime();
        this.outbound = new Outbound(socket, settings.outboundBytesMax(), shared.drainers(), nanoTime);
        this.partitioning = shared.partitioning();
        this.gaps = new Gaps(this::send, partitioning::partitionOf);
        this.receivedAtNanos = nanoTime.getAsLong();
        this.pingDueNanos = receivedAtNanos + settings.pingEvery().toNanos();
    }

    public SessionIdentity identity() {
        return identity;
    }

    /// Starts to write, first what was sent until now: so a client that has read its `hello` is registered, and
    /// hears
    /// of
    /// all that happens from then on.
    public void begin() {
        outbound.begin();
    }

    public void send(ServerFrame frame) {
        send(WireFrames.text(FrameJson.encode(frame)));
    }

    /// Queues a whole WebSocket frame; a client too slow to take it is closed with 4008.
    public void send(byte[] frame) {
        if (outbound.offer(frame) == Outbound.Offer.FULL) {
            close(CloseCode.SLOW_CONSUMER);
        }
    }

    /// Bytes that wait for the client, or are being written.
    int queuedBytes() {
        return outbound.bytes();
    }

    /// Queues a whole frame that is worth little when it comes late: dropped if half the queue is taken.
    ///
    /// @return whether it was queued
    public boolean sendIfRoom(byte[] frame) {
        return outbound.offerIfRoom(frame);
    }

    /// The client leaves on purpose: whoever was here is gone at once.
    public void sayGoodbye() {
        goodbye = true;
    }

    boolean saidGoodbye() {
        return goodbye;
    }

    /// Says goodbye; the connection ends when the client has answered, or after the grace. Only the first call
    /// counts.
    public void close(CloseCode code) {
        if (code == CloseCode.DEVICE_REVOKED) {
            sayGoodbye();
        }
        int queuedBytes = outbound.bytes();
        if (!outbound.close(WireFrames.close(code), restOf(code))) {
            return;
        }
        if (code == CloseCode.SLOW_CONSUMER || code == CloseCode.INTERNAL) {
            LOG.info(
                    "session closed: user={} session={} reason={} queuedBytes={}",
                    identity.userId(),
                    identity.sessionId(),
                    code.reason(),
                    queuedBytes);
        } else {
            LOG.debug(
                    "session closed: user={} session={} reason={}",
                    identity.userId(),
                    identity.sessionId(),
                    code.reason());
        }
    }

    /// The reader is done: the connection ends now.
    public void end() {
        outbound.end();
    }

    /// Waits on the reader's thread until the close frame is out, for [SessionSettings#closeGrace] at most.
    public void awaitClosed() throws InterruptedException {
        outbound.awaitEnd();
    }

    /// Whether frames are still taken in both directions.
    public boolean isOpen() {
        return outbound.isOpen();
    }

    /// The client gave a sign of life.
    ///
    /// @param messageUnfinished whether a fragmented message has begun and not ended
    public void received(boolean messageUnfinished) {
        long now = nanoTime.getAsLong();
        if (messageUnfinished && !inMessage) {
            messageStartedNanos = now;
        }
        inMessage = messageUnfinished;
        receivedAtNanos = now;
    }

    /// A record of a conversation, unless a page of history has brought it or will.
    void live(String conversationId, long seq, byte[] frame, boolean farewell) {
        gaps.live(conversationId, seq, frame, farewell);
    }

    /// A change of the user's list.
    void listChanged(ListChange change, byte @Nullable [] frame) {
        if (frame != null) {
            send(frame);
        }
        Marks present = marks;
        if (present != null) {
            int partition = partitioning.partitionOf(change.conversationId());
            present.changed(change.inboxVersion(), partition, change.deliveryNumber());
        }
    }

    /// Gathers from now on up to which inbox version the session has been sent everything. The gaps hold all
    /// back.
    Marks gatherMarks() {
        Marks fresh = new Marks();
        marks = fresh;
        return fresh;
    }

    long nowNanos() {
        return nanoTime.getAsLong();
    }

    Gaps gaps() {
        return gaps;
    }

    /// Waits until a frame of this size can be sent without crowding out live ones.
    ///
    /// @return false if the session closed instead
    boolean awaitRoom(int frameBytes) throws InterruptedException {
        return outbound.awaitRoom(frameBytes);
    }

    /// Heartbeat and limits in time; called every second or so by one thread.
    void sweep(Instant now, Positions positions) {
        long nowNanos = nanoTime.getAsLong();
        if (outbound.closingNanos(nowNanos) > settings.closeGrace().toNanos()) {
            end();
        } else if (outbound.writingNanos(nowNanos) > settings.writeMax().toNanos()) {
            close(CloseCode.SLOW_CONSUMER);
        } else if (nowNanos - receivedAtNanos > settings.silenceMax().toNanos() || messageIsEndless(nowNanos)) {
            close(CloseCode.SILENT);
        } else if (!now.isBefore(expiresAt)) {
            close(CloseCode.TOKEN_EXPIRED);
        } else if (nowNanos - pingDueNanos >= 0) {
            pingDueNanos = nowNanos + settings.pingEvery().toNanos();
            send(WireFrames.ping());
        }
        gaps.forget(nowNanos);
        Marks present = marks;
        if (present != null && !gaps.holding()) {
            present.due(positions).ifPresent(version -> send(new ServerFrame.SyncMark(version)));
        }
    }

    private boolean messageIsEndless(long nowNanos) {
        return inMessage
                && nowNanos - messageStartedNanos > settings.silenceMax().toNanos();
    }

    private static Outbound.Rest restOf(CloseCode code) {
        return switch (code) {
            case SLOW_CONSUMER, SILENT, DEVICE_REVOKED -> Outbound.Rest.DROPPED;
            case NORMAL,
                    GOING_AWAY,
                    PROTOCOL_ERROR,
                    UNSUPPORTED_DATA,
                    INVALID_UTF8,
                    TOO_LARGE,
                    INTERNAL,
                    RESTARTING,
                    TRY_AGAIN_LATER,
                    RESYNC,
                    REPLACED,
                    RATE,
                    TOKEN_EXPIRED -> Outbound.Rest.SENT;
        };
    }
}
