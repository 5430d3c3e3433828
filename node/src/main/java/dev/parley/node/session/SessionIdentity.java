package dev.parley.node.session;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/// Which session of which device of which user.
///
/// @param sessionId `s_` and 24 hexadecimal digits that sort in the order of opening: the later of two is the
/// greater, if the node that opened it had heard of the earlier one
public record SessionIdentity(String userId, String deviceId, String sessionId) {
    private static final String PREFIX = "s_";
    private static final int NUMBER_DIGITS = 12;
    private static final int RANDOM_DIGITS = 12;

    /// A new session.
    ///
    /// @param number from the node's [SessionClock]
    static SessionIdentity open(String userId, String deviceId, long number) {
        HexFormat hex = HexFormat.of();
        String id = PREFIX
                + hex.toHexDigits(number, NUMBER_DIGITS)
                + hex.toHexDigits(ThreadLocalRandom.current().nextLong(), RANDOM_DIGITS);
        return new SessionIdentity(userId, deviceId, id);
    }

    /// The number that an id was made with.
    static long number(String sessionId) {
        return HexFormat.fromHexDigitsToLong(sessionId, PREFIX.length(), PREFIX.length() + NUMBER_DIGITS);
    }
}
