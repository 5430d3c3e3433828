package dev.parley.node.session;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/// Up to which inbox version a session has been sent everything, so that its device may resume from there.
/// Thread-safe.
///
/// A change of the list tells of a delivery of some conversation's partition; only when that delivery was
/// handed to the
/// session, too, is the version good to resume from. Changes gather in one set while the set before it is
/// waited for, so
/// a partition that always lags a little still lets versions through.
final class Marks {
    private final Batch none = new Batch();
    private Batch awaited = none;
    private Batch gathering = new Batch();
    private long told;
    private boolean begun;

    /// The list changed.
    ///
    /// @param partition of the conversation
    /// @param deliveryNumber in that partition; 0 if there is nothing to wait for
    synchronized void changed(long inboxVersion, int partition, long deliveryNumber) {
        gathering.version = Math.max(gathering.version, inboxVersion);
        if (deliveryNumber > 0) {
            gathering.deliveries.merge(partition, deliveryNumber, Math::max);
        }
    }

    /// The device was told that it has everything up to this version; from now on newer ones are due.
    synchronized void begin(long inboxVersion) {
        told = inboxVersion;
        begun = true;
    }

    /// The newest version that is good to resume from, if the device does not know that yet; it counts as told.
    synchronized OptionalLong due(Positions positions) {
        if (awaited == none && gathering.version > 0) {
            awaited = gathering;
            gathering = new Batch();
        }
        if (awaited == none || !begun || !awaited.isDelivered(positions)) {
            return OptionalLong.empty();
        }
        long version = awaited.version;
        awaited = none;
        if (version <= told) {
            return OptionalLong.empty();
        }
        told = version;
        return OptionalLong.of(version);
    }

    private static final class Batch {
        private final Map<Integer, Long> deliveries = new HashMap<>();
        private long version;

        boolean isDelivered(Positions positions) {
            return deliveries.entrySet().stream()
                    .allMatch(delivery -> positions.delivered(delivery.getKey()) >= delivery.getValue());
        }
    }
}
