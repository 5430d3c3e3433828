package dev.parley.node.session;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The frames on their way out of one session, bounded by bytes. Thread-safe; only [#awaitRoom] and [#awaitEnd] block.
///
/// There is no parked writer: the first frame starts a drainer on a virtual thread, which writes as many frames at once
/// as have gathered, and ends when there are none. So one thread at a time writes to the socket, and an idle session
/// has no thread but its reader.
final class Outbound {

    /// What became of a frame that was offered.
    enum Offer {
        TAKEN,
        /// It would have made the queue longer than allowed.
        FULL,
        /// The session is closing or closed; nothing more is sent.
        CLOSED
    }

    /// What happens to the frames that wait when the session closes.
    enum Rest {
        SENT,
        DROPPED
    }

    private enum State {
        OPEN,
        /// The close frame is queued or written.
        CLOSING,
        /// The connection is gone.
        ENDED
    }

    /// One write carries up to so many bytes, unless a single frame is longer.
    private static final int WRITE_BYTES = 64 * 1024;

    private static final int QUEUE_LENGTH_START = 4;
    private static final int QUEUE_LENGTH_KEPT = 64;

    private final SessionSocket socket;
    private final int bytesMax;
    private final ThreadFactory drainers;
    private final LongSupplier nanoTime;

    // All guarded by this.
    private @Nullable ArrayDeque<byte[]> waiting;
    private int waitingMost;
    private int bytes;
    private boolean draining = true;
    private State state = State.OPEN;
    private boolean writing;
    private long writingSinceNanos;
    private long closingSinceNanos;

    Outbound(SessionSocket socket, int bytesMax, ThreadFactory drainers, LongSupplier nanoTime) {
        this.socket = socket;
        this.bytesMax = bytesMax;
        this.drainers = drainers;
        this.nanoTime = nanoTime;
    }

    /// Starts to write; what was queued until now goes first.
    void begin() {
        drainers.newThread(this::drain).start();
    }

    /// Queues a whole frame behind those queued before.
    synchronized Offer offer(byte[] frame) {
        if (state != State.OPEN) {
            return Offer.CLOSED;
        }
        if (bytes + frame.length > bytesMax) {
            return Offer.FULL;
        }
        enqueue(frame);
        return Offer.TAKEN;
    }

    /// Queues a frame that may be left out: it never makes a session a slow one.
    ///
    /// @return whether it was queued
    synchronized boolean offerIfRoom(byte[] frame) {
        if (state != State.OPEN || bytes + frame.length > bytesMax / 2) {
            return false;
        }
        enqueue(frame);
        return true;
    }

    /// Queues the close frame as the last one.
    ///
    /// @return whether this call closed it; false if it was closing already
    synchronized boolean close(byte[] closeFrame, Rest rest) {
        if (state != State.OPEN) {
            return false;
        }
        state = State.CLOSING;
        closingSinceNanos = nanoTime.getAsLong();
        if (rest == Rest.DROPPED && waiting != null) {
            waiting.forEach(frame -> bytes -= frame.length);
            waiting.clear();
        }
        enqueue(closeFrame);
        notifyAll();
        return true;
    }

    /// The connection is gone, or is given up: nothing more is written.
    void end() {
        synchronized (this) {
            state = State.ENDED;
            waiting = null;
            notifyAll();
        }
        socket.closeNow();
    }

    /// Waits until a frame fits into half the queue, so that live frames find room beside it. The wait is
    /// bounded by the sweep, which closes a session whose client takes nothing.
    ///
    /// @return false if the session closed instead
    synchronized boolean awaitRoom(int frameBytes) throws InterruptedException {
        while (state == State.OPEN && bytes > 0 && bytes + frameBytes > bytesMax / 2) {
            wait();
        }
        return state == State.OPEN;
    }

    /// Waits until the close frame is written or the connection is gone; bounded by the sweep, which ends the session.
    synchronized void awaitEnd() throws InterruptedException {
        while (state == State.CLOSING && draining) {
            wait();
        }
    }

    synchronized boolean isOpen() {
        return state == State.OPEN;
    }

    synchronized int bytes() {
        return bytes;
    }

    /// How long the write under way has been going on; 0 if there is none.
    synchronized long writingNanos(long nowNanos) {
        return writing ? nowNanos - writingSinceNanos : 0;
    }

    /// How long the session has been closing; 0 if it is not.
    synchronized long closingNanos(long nowNanos) {
        return state == State.CLOSING ? nowNanos - closingSinceNanos : 0;
    }

    private void enqueue(byte[] frame) {
        if (waiting == null) {
            waiting = new ArrayDeque<>(QUEUE_LENGTH_START);
            waitingMost = 0;
        }
        waiting.add(frame);
        waitingMost = Math.max(waitingMost, waiting.size());
        bytes += frame.length;
        if (!draining) {
            draining = true;
            drainers.newThread(this::drain).start();
        }
    }

    private void drain() {
        byte[] chunk = take(0);
        while (chunk != null) {
            try {
                socket.write(chunk);
            } catch (IOException _) {
                end(); // the reader meets the same end and says so
            }
            chunk = take(chunk.length);
        }
    }

    /// The next bytes to write, or null: then the drainer is done.
    private synchronized byte @Nullable [] take(int written) {
        bytes -= written;
        writing = false;
        byte[] chunk = state == State.ENDED || waiting == null ? null : gather(waiting);
        if (chunk == null) {
            draining = false;
            if (waitingMost > QUEUE_LENGTH_KEPT) {
                waiting = null; // its array is as long as the queue ever was
            }
        } else {
            writing = true;
            writingSinceNanos = nanoTime.getAsLong();
        }
        notifyAll();
        return chunk;
    }

    private static byte @Nullable [] gather(ArrayDeque<byte[]> frames) {
        byte[] first = frames.poll();
        byte[] next = frames.peek();
        if (first == null || next == null || first.length + next.length > WRITE_BYTES) {
            return first;
        }
        int length = first.length;
        int count = 0;
        for (byte[] frame : frames) {
            if (length + frame.length > WRITE_BYTES) {
                break;
            }
            length += frame.length;
            count++;
        }
        byte[] chunk = new byte[length];
        System.arraycopy(first, 0, chunk, 0, first.length);
        int at = first.length;
        for (int i = 0; i < count; i++) {
            byte[] frame = frames.remove();
            System.arraycopy(frame, 0, chunk, at, frame.length);
            at += frame.length;
        }
        return chunk;
    }
}
