package dev.parley.node.session;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/// Which session of which device of which user.
///
/// @param sessionId `s_` and 24 hexadecimal digits that sort by the time of opening: the later of two is the greater
/// one
public record SessionIdentity(String userId, String deviceId, String sessionId) {
    private static final int TIME_DIGITS = 12;
    private static final int RANDOM_DIGITS = 12;

    /// A new session, opened at this time.
    public static SessionIdentity open(String userId, String deviceId, long nowMillis) {
        HexFormat hex = HexFormat.of();
        String id = "s_" + hex.toHexDigits(nowMillis, TIME_DIGITS)
                + hex.toHexDigits(ThreadLocalRandom.current().nextLong(), RANDOM_DIGITS);
        return new SessionIdentity(userId, deviceId, id);
    }
}
