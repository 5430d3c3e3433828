package dev.parley.raftstorage.queue;

import java.util.List;

/// Numbers without a hole.
public final class Density {
    private Density() {}

    /// Refuses entries that do not go on where a queue is.
    ///
    /// @param last number of the newest entry; 0 when empty
    /// @throws IllegalArgumentException when these do not follow it one by one
    public static void check(long last, List<QueueEntry> entries) {
        long expected = last == 0 && !entries.isEmpty() ? entries.getFirst().number() : last + 1;
        for (QueueEntry entry : entries) {
            if (entry.number() != expected) {
                throw new IllegalArgumentException("entry " + entry.number() + " where " + expected + " is due");
            }
            expected++;
        }
    }

    /// Refuses a place that no reader can begin at.
    ///
    /// @throws IllegalArgumentException when no reader can begin behind that number
    public static void checkPlace(long afterNumber, long first, long last) {
        if (afterNumber < Math.max(0, first - 1) || afterNumber > last) {
            throw new IllegalArgumentException(
                    "no reader behind " + afterNumber + ": the queue holds " + first + " to " + last);
        }
    }
}
