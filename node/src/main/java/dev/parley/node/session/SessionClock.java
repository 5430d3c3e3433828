package dev.parley.node.session;

import java.util.concurrent.atomic.AtomicLong;

/// Numbers this node's sessions so that a session opened after another one was heard of has the greater number,
/// however wrong the nodes' clocks are: a logical clock (Lamport) that starts from the wall clock. Thread-safe.
final class SessionClock {
    /// No clock is that far ahead; such a number would leave no room for those after it.
    private static final long MILLIS_MAX = 1L << 47;

    private final AtomicLong last = new AtomicLong();

    /// The next number: greater than all before it and all that were heard.
    ///
    /// @param nowMillis the wall clock; orders sessions of nodes that have not heard from each other
    long next(long nowMillis) {
        return last.updateAndGet(before -> Math.max(before + 1, nowMillis));
    }

    /// Another node opened a session with this number.
    void heard(long number) {
        if (number < MILLIS_MAX) {
            last.accumulateAndGet(number, Math::max);
        }
    }
}
