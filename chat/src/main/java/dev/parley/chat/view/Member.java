package dev.parley.chat.view;

import dev.parley.chat.DevicePosition;
import dev.parley.chat.Role;
import java.util.List;

/// A user in a conversation.
///
/// @param joinedSeq the first record that the member may see
/// @param read how far the member has read
/// @param shownReadSeq how far others may know that the member has read, never higher than what is read
/// @param deliveredSeq how far any device of the member has received, never lower than what is read
/// @param devices how far single devices have received, by id: those that are farthest
public record Member(
        String userId,
        Role role,
        long joinedSeq,
        Position read,
        long shownReadSeq,
        long deliveredSeq,
        boolean muted,
        List<DevicePosition> devices) {
    public Member {
        devices = List.copyOf(devices);
    }

    /// A place in a conversation's log: a record and the visible messages up to it.
    public record Position(long seq, long ordinal) {}

    /// A member who joins with a record: nothing of what follows is read, what went before does not count as
    /// unread.
    ///
    /// @param ordinal visible messages of the conversation before the record
    public static Member joining(String userId, Role role, long joinedSeq, long ordinal) {
        long before = joinedSeq - 1;
        return new Member(userId, role, joinedSeq, new Position(before, ordinal), before, before, false, List.of());
    }

    public Member withRole(Role newRole) {
        return new Member(userId, newRole, joinedSeq, read, shownReadSeq, deliveredSeq, muted, devices);
    }

    /// Reads on to a position, which also counts as delivered.
    public Member readThrough(Position position) {
        return readThrough(position, position.seq());
    }

    /// Reads on to a position, which others are not to know.
    public Member readInPrivate(Position position) {
        return readThrough(position, shownReadSeq);
    }

    private Member readThrough(Position position, long shownSeq) {
        long received = Math.max(deliveredSeq, position.seq());
        return new Member(userId, role, joinedSeq, position, shownSeq, received, muted, devices);
    }

    public Member deliveredThrough(long seq) {
        return new Member(userId, role, joinedSeq, read, shownReadSeq, seq, muted, devices);
    }

    public Member withDevices(List<DevicePosition> newDevices) {
        return new Member(userId, role, joinedSeq, read, shownReadSeq, deliveredSeq, muted, newDevices);
    }

    public Member withMuted(boolean nowMuted) {
        return new Member(userId, role, joinedSeq, read, shownReadSeq, deliveredSeq, nowMuted, devices);
    }
}
