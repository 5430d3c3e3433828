package dev.parley.node.peer;

import dev.parley.node.peer.wire.PresenceChanges;
import dev.parley.node.presence.PresenceReply;
import dev.parley.node.presence.PresenceReport;
import dev.parley.node.presence.PresenceReport.Seat;
import dev.parley.node.presence.PresenceState;
import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.Set;

/// Presence between nodes, to bytes and back.
final class PresenceCodec {

    static dev.parley.node.peer.wire.PresenceReport report(PresenceReport report) {
        var wire = dev.parley.node.peer.wire.PresenceReport.newBuilder()
                .setGateway(report.gateway().value())
                .addAllTouched(report.touched())
                .addAllWatched(report.watched())
                .addAllAsked(report.asked());
        report.live().forEach(seat -> wire.addLive(seat(seat)));
        report.left().forEach(seat -> wire.addLeft(seat(seat)));
        return wire.build();
    }

    static PresenceReport report(dev.parley.node.peer.wire.PresenceReport wire) {
        return new PresenceReport(
                new NodeId(wire.getGateway()),
                seats(wire.getLiveList()),
                seats(wire.getLeftList()),
                wire.getTouchedList(),
                wire.getWatchedList(),
                wire.getAskedList());
    }

    static dev.parley.node.peer.wire.PresenceReply reply(PresenceReply reply) {
        var wire = dev.parley.node.peer.wire.PresenceReply.newBuilder().addAllNotLed(reply.notLed());
        reply.states().forEach(state -> wire.addStates(state(state)));
        return wire.build();
    }

    static PresenceReply reply(dev.parley.node.peer.wire.PresenceReply wire) {
        return new PresenceReply(states(wire.getStatesList()), Set.copyOf(wire.getNotLedList()));
    }

    static List<PresenceState> states(PresenceChanges wire) {
        return states(wire.getStatesList());
    }

    static dev.parley.node.peer.wire.PresenceState state(PresenceState state) {
        return dev.parley.node.peer.wire.PresenceState.newBuilder()
                .setUserId(state.userId())
                .setOnline(state.online())
                .setLastActiveAtMillis(state.lastActiveAtMillis())
                .setTerm(state.term())
                .setVersion(state.version())
                .build();
    }

    private static List<PresenceState> states(List<dev.parley.node.peer.wire.PresenceState> wire) {
        return wire.stream()
                .map(state -> new PresenceState(
                        state.getUserId(),
                        state.getOnline(),
                        state.getLastActiveAtMillis(),
                        state.getTerm(),
                        state.getVersion()))
                .toList();
    }

    private static dev.parley.node.peer.wire.PresenceSeat seat(Seat seat) {
        return dev.parley.node.peer.wire.PresenceSeat.newBuilder()
                .setUserId(seat.userId())
                .setSessionId(seat.sessionId())
                .build();
    }

    private static List<Seat> seats(List<dev.parley.node.peer.wire.PresenceSeat> wire) {
        return wire.stream()
                .map(seat -> new Seat(seat.getUserId(), seat.getSessionId()))
                .toList();
    }

    private PresenceCodec() {}
}
