package dev.parley.node.push.lane;

import java.nio.charset.StandardCharsets;

/// Something changed for a user in a conversation, and a push may be due, or one may have to be taken back.
///
/// @param partition of the user
/// @param deviceId of a push that is retried by hand, and goes there again whatever was pushed; else empty
record PushItem(int partition, String userId, String conversationId, String deviceId) {

    PushItem(int partition, String userId, String conversationId) {
        this(partition, userId, conversationId, "");
    }

    /// The ids of users and conversations hold no blank; that of a device may, and comes last.
    private static final String SEPARATOR = " ";

    private static final int PARTS = 4;

    /// What stands in the local queue, which is begun anew with each start: no format that must last.
    byte[] encoded() {
        return String.join(SEPARATOR, Integer.toString(partition), userId, conversationId, deviceId)
                .getBytes(StandardCharsets.UTF_8);
    }

    static PushItem decoded(byte[] payload) {
        String text = new String(payload, StandardCharsets.UTF_8);
        String[] parts = text.split(SEPARATOR, PARTS);
        if (parts.length != PARTS) {
            throw new IllegalStateException("the queue of pushes holds what was never appended: " + text);
        }
        return new PushItem(Integer.parseInt(parts[0]), parts[1], parts[2], parts[3]);
    }
}
