package dev.parley.cli.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// Counts and times while the clients run. Many threads record; one, which shows the progress, takes the
/// intervals.
final class Meters {

    /// Microseconds with two digits: enough for a table, and the histograms stay small.
    private static final int DIGITS = 2;

    private static final long MICROS_MAX = 3_600_000_000L;

    private final Recorder acks = new Recorder(MICROS_MAX, DIGITS);
    private final Recorder deliveries = new Recorder(MICROS_MAX, DIGITS);
    private final Recorder lasts = new Recorder(MICROS_MAX, DIGITS);
    private final Histogram ackTotal = new Histogram(MICROS_MAX, DIGITS);
    private final Histogram deliveryTotal = new Histogram(MICROS_MAX, DIGITS);
    private final Histogram lastTotal = new Histogram(MICROS_MAX, DIGITS);
    final LongAdder errors = new LongAdder();
    final LongAdder reconnects = new LongAdder();
    final LongAdder resends = new LongAdder();
    final LongAdder redelivered = new LongAdder();
    final LongAdder liveGaps = new LongAdder();
    private boolean ended;
    private final AtomicLong lastAckNanos = new AtomicLong();
    private final AtomicLong maxGapNanos = new AtomicLong();

    void acknowledged(long intendedNanos, long nowNanos) {
        acks.recordValue(micros(nowNanos - intendedNanos));
        noteGap(lastAckNanos.getAndSet(nowNanos), nowNanos);
    }

    void delivered(long intendedNanos, long nowNanos) {
        deliveries.recordValue(micros(nowNanos - intendedNanos));
    }

    /// The last receiver of a group was shown a message.
    void deliveredToAll(long intendedNanos, long nowNanos) {
        lasts.recordValue(micros(nowNanos - intendedNanos));
    }

    /// Forgets what was before: the warm-up is over.
    void begin(long nowNanos) {
        acks.reset();
        deliveries.reset();
        lasts.reset();
        ackTotal.reset();
        deliveryTotal.reset();
        lastTotal.reset();
        lastAckNanos.set(nowNanos);
        maxGapNanos.set(0);
    }

    /// The measured time is over: a silence that still lasts counts too.
    void end(long nowNanos) {
        takeInterval();
        ended = true;
        noteGap(lastAckNanos.get(), nowNanos);
    }

    /// What happened since this was asked last; added to the totals until the end.
    Interval takeInterval() {
        Histogram ackInterval = acks.getIntervalHistogram();
        Histogram deliveryInterval = deliveries.getIntervalHistogram();
        Histogram lastInterval = lasts.getIntervalHistogram();
        if (!ended) {
            ackTotal.add(ackInterval);
            deliveryTotal.add(deliveryInterval);
            lastTotal.add(lastInterval);
        }
        return new Interval(
                ackInterval.getTotalCount(),
                deliveryInterval.getTotalCount(),
                ackInterval.getValueAtPercentile(50) / 1_000.0,
                ackInterval.getValueAtPercentile(99) / 1_000.0);
    }

    Histogram ackTotal() {
        return ackTotal;
    }

    Histogram deliveryTotal() {
        return deliveryTotal;
    }

    /// From the send to the last receiver of a group; empty without groups.
    Histogram lastTotal() {
        return lastTotal;
    }

    long maxGapMillis() {
        return maxGapNanos.get() / 1_000_000;
    }

    private void noteGap(long before, long nowNanos) {
        long gap = nowNanos - before;
        if (before != 0 && gap > maxGapNanos.get()) {
            maxGapNanos.accumulateAndGet(gap, Math::max);
        }
    }

    private static long micros(long nanos) {
        return Math.clamp(nanos / 1_000, 1, MICROS_MAX);
    }

    /// One second of a run.
    record Interval(long acknowledged, long delivered, double ackMillisP50, double ackMillisP99) {}
}
