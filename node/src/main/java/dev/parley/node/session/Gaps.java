package dev.parley.node.session;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// The conversations that one session is catching up on, or has caught up on lately. Thread-safe; never blocks.
///
/// While a conversation is caught up on, its live records are not sent but remembered by their highest sequence
/// number,
/// and pages are read until past it; then it is live again. Afterwards the live records that a page has brought
/// already
/// are dropped, until the first that is newer. So the client sees neither hole nor repeat nor another order.
final class Gaps {
    /// After this time no delivery can be so late that a page brought it before: links that lag more are
    /// resynced.
    private static final long REMEMBERED_NANOS = 120_000_000_000L;

    private final Consumer<byte[]> sink;
    private final ToIntFunction<String> partitionOf;

    /// By conversation; null while there is nothing to remember, which is nearly always.
    private @Nullable Map<String, Gap> gaps;

    /// The partitions of which all conversations are held back; null while there are none.
    private @Nullable BitSet held;

    /// @param partitionOf the partition of a conversation
    Gaps(Consumer<byte[]> sink, ToIntFunction<String> partitionOf) {
        this.sink = sink;
        this.partitionOf = partitionOf;
    }

    /// From now on live records of all conversations are held back, until [#release] of their partition. A
    /// conversation
    /// that is not known to have changed is read from its first record that was held back on.
    synchronized void holdAll(int partitions) {
        held = new BitSet(partitions);
        held.set(0, partitions);
    }

    /// Live records of this conversation are held back, and it is read after a record, or an earlier one that
    /// was named
    /// before.
    synchronized void hold(String conversationId, long throughSeq) {
        Map<String, Gap> known = gaps == null ? new HashMap<>() : gaps;
        Gap gap = known.get(conversationId);
        if (gap != null && gap.filling) {
            gap.throughSeq = Math.min(gap.throughSeq, throughSeq);
        } else {
            known.put(conversationId, new Gap(throughSeq));
        }
        gaps = known;
    }

    /// Conversations of the partition are no longer held back, but for those that are being read.
    ///
    /// @return those of which something was held back: they are still to be read
    synchronized List<String> release(int partition) {
        if (held != null) {
            held.clear(partition);
            held = held.isEmpty() ? null : held;
        }
        return gaps == null
                ? List.of()
                : gaps.entrySet().stream()
                        .filter(gap -> gap.getValue().filling && partitionOf.applyAsInt(gap.getKey()) == partition)
                        .map(Map.Entry::getKey)
                        .toList();
    }

    /// Whether anything is held back.
    synchronized boolean holding() {
        return held != null || (gaps != null && gaps.values().stream().anyMatch(gap -> gap.filling));
    }

    /// From now on live records of these conversations are held back.
    ///
    /// @param cursors by conversation what the client has
    synchronized void hold(Map<String, Long> cursors) {
        Map<String, Gap> known = gaps == null ? new HashMap<>() : gaps;
        cursors.forEach((conversationId, throughSeq) -> known.put(conversationId, new Gap(throughSeq)));
        gaps = known;
    }

    /// Sends a live record, or holds it back, or drops it because a page has brought it.
    ///
    /// @param farewell whether it is the record that removed the session's own user, after which no page
    ///     is readable
    synchronized void live(String conversationId, long seq, byte[] frame, boolean farewell) {
        Gap gap = gaps == null ? null : gaps.get(conversationId);
        if (gap == null && isHeld(conversationId)) {
            hold(conversationId, seq - 1);
            live(conversationId, seq, frame, farewell);
        } else if (gap == null) {
            sink.accept(frame);
        } else if (gap.filling) {
            gap.highestSeen = Math.max(gap.highestSeen, seq);
            gap.farewell = farewell ? frame : null;
        } else if (seq > gap.throughSeq) {
            remove(conversationId);
            sink.accept(frame);
        }
    }

    /// Sends a page of history.
    synchronized void fill(String conversationId, long throughSeq, byte[] frame) {
        Gap gap = gaps == null ? null : gaps.get(conversationId);
        if (gap != null) {
            gap.throughSeq = throughSeq;
            sink.accept(frame);
        }
    }

    /// Makes the conversation live again.
    ///
    /// @return false if records came meanwhile that no page has brought: read on after [#throughSeq]
    synchronized boolean close(String conversationId, long nowNanos) {
        Gap gap = gaps == null ? null : gaps.get(conversationId);
        if (gap == null) {
            return true;
        }
        if (gap.highestSeen > gap.throughSeq) {
            return false;
        }
        gap.filling = false;
        gap.closedAtNanos = nowNanos;
        return true;
    }

    /// Nothing more can be read of the conversation. If the session's user was removed meanwhile, it still
    /// hears that.
    synchronized void abandon(String conversationId) {
        Gap gap = gaps == null ? null : gaps.get(conversationId);
        remove(conversationId);
        if (gap != null && gap.farewell != null) {
            sink.accept(gap.farewell);
        }
    }

    /// Sets where to read on, if the client's own cursor was wrong.
    synchronized void moveTo(String conversationId, long throughSeq) {
        Gap gap = gaps == null ? null : gaps.get(conversationId);
        if (gap != null) {
            gap.throughSeq = throughSeq;
        }
    }

    synchronized long throughSeq(String conversationId) {
        Gap gap = gaps == null ? null : gaps.get(conversationId);
        return gap == null ? 0 : gap.throughSeq;
    }

    /// Forgets conversations that were caught up on long ago; called by the sweep.
    synchronized void forget(long nowNanos) {
        if (gaps != null) {
            gaps.values().removeIf(gap -> !gap.filling && nowNanos - gap.closedAtNanos > REMEMBERED_NANOS);
            if (gaps.isEmpty()) {
                gaps = null;
            }
        }
    }

    private boolean isHeld(String conversationId) {
        return held != null && held.get(partitionOf.applyAsInt(conversationId));
    }

    private void remove(String conversationId) {
        if (gaps != null) {
            gaps.remove(conversationId);
            if (gaps.isEmpty()) {
                gaps = null;
            }
        }
    }

    private static final class Gap {
        private long throughSeq;
        private long highestSeen;
        private boolean filling = true;
        private long closedAtNanos;
        private byte @Nullable [] farewell;

        Gap(long throughSeq) {
            this.throughSeq = throughSeq;
        }
    }
}
