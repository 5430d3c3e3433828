package dev.parley.cli.bench;

import java.util.Arrays;
import java.util.BitSet;

/// What became of each message of one author, by number. Guarded by its own monitor: the sender's threads
/// write, the
/// checks read after the run.
final class SendLog {

    /// What is known of one message.
    enum State {
        PENDING,
        ACKNOWLEDGED,
        REFUSED,
        EXPIRED
    }

    private State[] states = new State[1_024];
    private long[] intendedNanos = new long[1_024];

    /// The place that the acknowledgement named; 0 without one.
    private long[] seqs = new long[1_024];

    /// The newest acknowledged place when the message was first sent: everything that old comes before it.
    private long[] seqsBefore = new long[1_024];

    /// How many receivers were shown the message; counted in groups only.
    private int[] receivers = new int[1_024];

    /// Messages that were sent more than once, whose order among their neighbours is open.
    private final BitSet resent = new BitSet();

    private int next;
    private int oldestPending;
    private int pending;
    private long newestSeq;

    /// Takes a message in.
    ///
    /// @return its number
    synchronized int add(long intended) {
        if (next == states.length) {
            int longer = next * 2;
            states = Arrays.copyOf(states, longer);
            intendedNanos = Arrays.copyOf(intendedNanos, longer);
            seqs = Arrays.copyOf(seqs, longer);
            seqsBefore = Arrays.copyOf(seqsBefore, longer);
            receivers = Arrays.copyOf(receivers, longer);
        }
        states[next] = State.PENDING;
        intendedNanos[next] = intended;
        seqsBefore[next] = newestSeq;
        pending++;
        return next++;
    }

    /// Notes an acknowledgement.
    ///
    /// @return false if the message was settled before
    synchronized boolean acknowledge(int number, long seq) {
        if (!settle(number, State.ACKNOWLEDGED)) {
            return false;
        }
        seqs[number] = seq;
        newestSeq = Math.max(newestSeq, seq);
        return true;
    }

    synchronized boolean settle(int number, State end) {
        if (number < 0 || number >= next || state(number) != State.PENDING) {
            return false;
        }
        states[number] = end;
        pending--;
        while (oldestPending < next && state(oldestPending) != State.PENDING) {
            oldestPending++;
        }
        return true;
    }

    /// The pending messages, oldest first, which are now sent once more.
    synchronized int[] takePendingForResend() {
        int[] numbers = new int[pending];
        int count = 0;
        for (int number = oldestPending; number < next && count < pending; number++) {
            if (state(number) == State.PENDING) {
                resent.set(number);
                numbers[count++] = number;
            }
        }
        return numbers;
    }

    /// Settles what was meant to be sent before a moment and has no acknowledgement.
    ///
    /// @return how many
    synchronized int expireBefore(long nanos) {
        int expired = 0;
        while (oldestPending < next && intendedNanos[oldestPending] - nanos < 0) {
            settle(oldestPending, State.EXPIRED);
            expired++;
        }
        return expired;
    }

    /// One more receiver was shown the message.
    ///
    /// @return how many were by now
    synchronized int received(int number) {
        return ++receivers[number];
    }

    synchronized void markResent(int number) {
        resent.set(number);
    }

    synchronized boolean wasResent(int number) {
        return resent.get(number);
    }

    synchronized int pending() {
        return pending;
    }

    synchronized int size() {
        return next;
    }

    synchronized State state(int number) {
        return states[number];
    }

    synchronized long intended(int number) {
        return intendedNanos[number];
    }

    synchronized long seq(int number) {
        return seqs[number];
    }

    synchronized long seqBefore(int number) {
        return seqsBefore[number];
    }
}
