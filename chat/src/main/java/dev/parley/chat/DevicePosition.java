package dev.parley.chat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// How far one device of a member has received a conversation.
public record DevicePosition(String deviceId, long seq) {
    private static final Comparator<DevicePosition> LEAST_FIRST =
            Comparator.comparingLong(DevicePosition::seq).thenComparing(DevicePosition::deviceId);

    /// The positions after a device has received on: none falls. At most [ChatLimits#DEVICE_POSITIONS_MAX] are
    /// kept, the farthest. A device must pass one of them to come in, so that one that fell out and repeats
    /// itself cannot come back with less than it had.
    ///
    /// @param known by device id
    /// @return by device id; equal to what is known if nothing changes
    public static List<DevicePosition> advanced(List<DevicePosition> known, DevicePosition next) {
        boolean full = known.size() >= ChatLimits.DEVICE_POSITIONS_MAX;
        Optional<DevicePosition> replaced = known.stream()
                .filter(position -> position.deviceId().equals(next.deviceId()))
                .findFirst()
                .or(() -> full ? known.stream().min(LEAST_FIRST) : Optional.empty());
        if (replaced.isPresent() && next.seq() <= replaced.get().seq()) {
            return known;
        }
        List<DevicePosition> after = new ArrayList<>(known);
        replaced.ifPresent(after::remove);
        after.add(next);
        after.sort(Comparator.comparing(DevicePosition::deviceId));
        return List.copyOf(after);
    }
}
