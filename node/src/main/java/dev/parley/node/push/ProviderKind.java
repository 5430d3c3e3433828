package dev.parley.node.push;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Who brings a push to a device.
public enum ProviderKind {
    APNS,
    FCM,
    WEBPUSH;

    /// The name on the wire, in the configuration and in details: `apns`, `fcm`, `webpush`.
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The kind with that name on the wire.
    public static Optional<ProviderKind> ofWire(String wire) {
        return Arrays.stream(values()).filter(kind -> kind.wire().equals(wire)).findFirst();
    }
}
