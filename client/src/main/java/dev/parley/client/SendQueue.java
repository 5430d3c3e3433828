package dev.parley.client;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ErrorCode.Effect;
import dev.parley.protocol.Problem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The messages that a session has still to bring home, in order per conversation. A conversation whose message was
/// refused for the moment is held: nothing more of it is sent until what is in flight has been answered and a while
/// has passed, then all of it goes again in order. Does no I/O: each method says what is to be written now. Not
/// safe for several threads: the session's lock is around it.
final class SendQueue {

    private final int pendingMax;
    private final Duration retryPause;
    private final Map<String, PendingSend> byId = new HashMap<>();
    private final Map<String, Lane> lanes = new HashMap<>();
    private boolean connected;

    /// @param retryPause the least wait before a message that was refused for the moment goes again
    SendQueue(int pendingMax, Duration retryPause) {
        this.pendingMax = pendingMax;
        this.retryPause = retryPause;
    }

    boolean isFull() {
        return byId.size() >= pendingMax;
    }

    boolean contains(String clientMessageId) {
        return byId.containsKey(clientMessageId);
    }

    /// Whether messages of the conversation are in flight: their acknowledgements will fill gaps in its records.
    boolean isBusy(String conversationId) {
        Lane lane = lanes.get(conversationId);
        return lane != null && lane.inFlight > 0;
    }

    /// Takes a message in.
    ///
    /// @return the frames to write now
    List<ClientFrame> add(PendingSend send) {
        byId.put(send.frame.clientMessageId(), send);
        Lane lane = lanes.computeIfAbsent(send.frame.conversationId(), _ -> new Lane());
        lane.sends.addLast(send);
        return connected && !lane.held() ? List.of(lane.write(send)) : List.of();
    }

    /// A new connection takes sends from now on.
    ///
    /// @return the frames to write now: everything that is pending and not held
    List<ClientFrame> connected(long nowNanos) {
        connected = true;
        return due(nowNanos);
    }

    /// The connection is gone: what was in flight on it may have been carried out.
    void disconnected() {
        connected = false;
        lanes.values().forEach(Lane::connectionLost);
    }

    /// The frames whose pause is over.
    List<ClientFrame> due(long nowNanos) {
        List<ClientFrame> frames = new ArrayList<>();
        if (connected) {
            lanes.values().forEach(lane -> lane.writeDue(nowNanos, frames));
        }
        return frames;
    }

    /// A message was acknowledged.
    ///
    /// @return it, unless it was given up before
    Optional<PendingSend> acknowledged(String clientMessageId) {
        return remove(clientMessageId);
    }

    /// A message was answered with a problem. If that is final, it is taken out and returned; if it may pass, the
    /// message
    /// stays and goes again after a pause.
    Optional<PendingSend> refused(String clientMessageId, Problem problem, long nowNanos) {
        PendingSend send = byId.get(clientMessageId);
        if (send == null) {
            return Optional.empty();
        }
        if (!problem.code().retryable()) {
            return remove(clientMessageId);
        }
        Lane lane = lane(send);
        lane.answered(send);
        send.inDoubt |= problem.code().effect() == Effect.UNKNOWN;
        send.lastProblem = Optional.of(problem);
        Duration pause = Duration.ofMillis(problem.retryAfterMillis().orElse(0));
        lane.holdUntil(nowNanos + (pause.compareTo(retryPause) > 0 ? pause : retryPause).toNanos());
        return Optional.empty();
    }

    /// Takes out what is past its deadline.
    List<PendingSend> expired(long nowNanos) {
        List<PendingSend> expired = byId.values().stream()
                .filter(send -> nowNanos - send.deadlineNanos >= 0)
                .toList();
        expired.forEach(send -> remove(send.frame.clientMessageId()));
        return expired;
    }

    /// Takes everything out.
    List<PendingSend> drain() {
        List<PendingSend> all = List.copyOf(byId.values());
        all.forEach(send -> remove(send.frame.clientMessageId()));
        return all;
    }

    private Optional<PendingSend> remove(String clientMessageId) {
        PendingSend send = byId.remove(clientMessageId);
        if (send == null) {
            return Optional.empty();
        }
        Lane lane = lane(send);
        boolean wasInFlight = send.inFlight;
        lane.answered(send);
        send.inFlight = wasInFlight; // what is told of it depends on that
        lane.remove(send);
        if (lane.sends.isEmpty()) {
            lanes.remove(send.frame.conversationId());
        }
        return Optional.of(send);
    }

    private Lane lane(PendingSend send) {
        Lane lane = lanes.get(send.frame.conversationId());
        if (lane == null) {
            throw new IllegalStateException("a pending message is always in its conversation's lane");
        }
        return lane;
    }

    /// The pending messages of one conversation, oldest first.
    private static final class Lane {

        private static final long NOT_HELD = Long.MIN_VALUE;

        private final Deque<PendingSend> sends = new ArrayDeque<>();
        private int inFlight;
        private long heldUntilNanos = NOT_HELD;

        boolean held() {
            return heldUntilNanos != NOT_HELD;
        }

        void holdUntil(long nanos) {
            heldUntilNanos = held() && heldUntilNanos - nanos > 0 ? heldUntilNanos : nanos;
        }

        ClientFrame write(PendingSend send) {
            send.inFlight = true;
            inFlight++;
            return send.frame;
        }

        void writeDue(long nowNanos, List<ClientFrame> frames) {
            if (held()) {
                if (inFlight > 0 || nowNanos - heldUntilNanos < 0) {
                    return;
                }
                heldUntilNanos = NOT_HELD;
            }
            for (PendingSend send : sends) {
                if (!send.inFlight) {
                    frames.add(write(send));
                }
            }
        }

        void answered(PendingSend send) {
            if (send.inFlight) {
                send.inFlight = false;
                inFlight--;
            }
        }

        void connectionLost() {
            for (PendingSend send : sends) {
                send.inDoubt |= send.inFlight;
                answered(send);
            }
        }

        /// From the front nearly always: acknowledgements come in order.
        void remove(PendingSend send) {
            if (sends.peekFirst() == send) {
                sends.removeFirst();
                return;
            }
            for (Iterator<PendingSend> all = sends.iterator(); all.hasNext(); ) {
                if (all.next() == send) {
                    all.remove();
                    return;
                }
            }
        }
    }
}
