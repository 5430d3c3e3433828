package dev.parley.raftstorage.queue;

import java.time.Duration;
import java.util.List;

/// A queue on this node's disk. One thread appends; readers read, each at its own place. It survives the death of the
/// process, and may lose its newest entries in a power cut: whoever feeds it keeps the truth elsewhere.
///
/// Every call may touch the disk and is made from platform threads only.
public interface LocalQueue extends AutoCloseable {
    /// The largest payload of one entry.
    int PAYLOAD_BYTES_MAX = 1 << 20;

    /// What an entry takes besides its payload.
    int ENTRY_OVERHEAD_BYTES = 16;

    /// Number of the newest entry that can be read; 0 when empty.
    long lastNumber();

    /// Number of the oldest entry that is kept; 0 when empty.
    long firstNumber();

    /// Appends entries with dense numbers: the first is `lastNumber() + 1`, or anything when the queue is empty.
    /// Called by one thread. They become readable together.
    ///
    /// @throws QueueFullException when the queue is at its limit or the disk has too little room: nothing appended
    /// @throws IllegalArgumentException when the numbers are not dense; nothing was appended
    void append(List<QueueEntry> entries) throws QueueFullException;

    /// Forgets everything: the next append may have any number. Called by the appending thread. Readers of before fail.
    void clear();

    /// Deletes files whose entries are all at or below the number. Deletion is coarse, a file at a time, and takes
    /// neither the current file nor one that a reader has not read to its end.
    void release(long throughNumber);

    /// A reader that begins behind a number; confined to one thread.
    ///
    /// @throws IllegalArgumentException when the number is below `firstNumber() - 1` or above `lastNumber()`
    Reader reader(long afterNumber);

    /// Closes the queue; readers that wait fail, and each still has to be closed.
    @Override
    void close();

    /// Reads a queue from its place on.
    interface Reader extends AutoCloseable {
        /// The next entries, and moves on behind them.
        ///
        /// @param limit how many at most
        /// @param wait how long to wait for one
        /// @return nothing, if none came
        /// @throws DamagedQueueException if the disk holds something else than what was appended
        /// @throws IllegalStateException if the reader or queue was closed, or the queue cleared
        List<QueueEntry> next(int limit, Duration wait) throws InterruptedException;

        @Override
        void close();
    }
}
