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
import java.util.OptionalLong;

/// The messages that a session has still to bring home, in order per conversation. Of each conversation one message is
/// in flight and the later ones wait for its answer: a node may refuse one for the moment and take the next, and then
/// the first could only follow it. Conversations do not wait for each other. Does no I/O: each method says what is to
/// be written now. Not safe for several threads: the session's lock is around it.
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

    /// Takes a message in.
    ///
    /// @return the frames to write now
    List<ClientFrame> add(PendingSend send, long nowNanos) {
        byId.put(send.frame.clientMessageId(), send);
        Lane lane = lanes.computeIfAbsent(send.frame.conversationId(), _ -> new Lane());
        lane.sends.addLast(send);
        return connected ? lane.due(nowNanos).stream().toList() : List.of();
    }

    /// A new connection takes sends from now on.
    ///
    /// @return the frames to write now
    List<ClientFrame> connected(long nowNanos) {
        connected = true;
        return due(nowNanos);
    }

    /// The connection is gone: what was in flight on it may have been carried out.
    void disconnected() {
        connected = false;
        lanes.values().forEach(Lane::connectionLost);
    }

    /// The frames whose turn it is.
    List<ClientFrame> due(long nowNanos) {
        List<ClientFrame> frames = new ArrayList<>();
        if (connected) {
            lanes.values().forEach(lane -> lane.due(nowNanos).ifPresent(frames::add));
        }
        return frames;
    }

    /// A message was acknowledged.
    ///
    /// @return it, unless it was given up before
    Optional<PendingSend> acknowledged(String clientMessageId) {
        return remove(clientMessageId);
    }

    /// A message was answered with a problem. If that is final, it is taken out and returned; if it may pass, it stays
    /// and goes again after a pause, before the later ones of its conversation.
    Optional<PendingSend> refused(String clientMessageId, Problem problem, long nowNanos) {
        PendingSend send = byId.get(clientMessageId);
        if (send == null) {
            return Optional.empty();
        }
        if (!problem.code().retryable()) {
            return remove(clientMessageId);
        }
        send.inFlight = false;
        send.inDoubt |= problem.code().effect() == Effect.UNKNOWN;
        send.lastProblem = Optional.of(problem);
        Duration pause = Duration.ofMillis(problem.retryAfterMillis().orElse(0));
        lane(send).heldUntilNanos =
                OptionalLong.of(nowNanos + (pause.compareTo(retryPause) > 0 ? pause : retryPause).toNanos());
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

        private final Deque<PendingSend> sends = new ArrayDeque<>();

        /// Until when the first message, which was refused for the moment, must not go again.
        private OptionalLong heldUntilNanos = OptionalLong.empty();

        /// The first message, if it may go now.
        Optional<ClientFrame> due(long nowNanos) {
            PendingSend first = sends.peekFirst();
            boolean held = heldUntilNanos.isPresent() && nowNanos - heldUntilNanos.getAsLong() < 0;
            if (first == null || first.inFlight || held) {
                return Optional.empty();
            }
            heldUntilNanos = OptionalLong.empty();
            first.inFlight = true;
            return Optional.of(first.frame);
        }

        void connectionLost() {
            for (PendingSend send : sends) {
                send.inDoubt |= send.inFlight;
                send.inFlight = false;
            }
        }

        /// From the front nearly always: only one that has waited too long goes from within.
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
