package dev.parley.node.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Problem;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// Token buckets per user, shared by all of the user's devices on this node and by REST and WebSocket; and per address
/// for those who are not signed in. Thread-safe.
public final class RateLimits {
    /// Users that are remembered; one that is forgotten starts with a full bucket again.
    private static final int USERS_MAX = 100_000;

    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    private final Settings settings;
    private final Cache<String, Bucket> sends = cache();
    private final Cache<String, Bucket> requests = cache();
    private final Cache<String, Bucket> strangers = cache();

    /// How often a user may do something; a rate of 0 is no limit.
    ///
    /// @param sends posting messages
    /// @param requests all other calls and frames
    public record Settings(Rate sends, Rate requests) {
        /// Far more than a person types or a client asks for, far less than what a node carries.
        public static Settings defaults() {
            return new Settings(new Rate(200, 1_000), new Rate(200, 2_000));
        }

        public static Settings off() {
            return new Settings(Rate.OFF, Rate.OFF);
        }
    }

    /// How often something may happen.
    ///
    /// @param perSecond on average; 0 is no limit
    /// @param burst at once
    public record Rate(int perSecond, int burst) {
        public static final Rate OFF = new Rate(0, 0);

        public Rate {
            if (perSecond < 0 || burst < perSecond) {
                throw new IllegalArgumentException("a rate needs 0 <= perSecond <= burst: " + perSecond + ", " + burst);
            }
        }
    }

    public RateLimits(Settings settings) {
        this.settings = settings;
    }

    /// Counts a call whose caller is not known, or not yet.
    ///
    /// @throws ProblemException rate-limited
    public void stranger(String address) {
        take(strangers, settings.requests(), address);
    }

    /// Counts a message that the user posts.
    ///
    /// @throws ProblemException rate-limited
    public void send(String userId) {
        take(sends, settings.sends(), userId);
    }

    /// Counts any other call or frame of the user.
    ///
    /// @throws ProblemException rate-limited
    public void request(String userId) {
        take(requests, settings.requests(), userId);
    }

    private static void take(Cache<String, Bucket> buckets, Rate rate, String userId) {
        if (rate.perSecond() == 0) {
            return;
        }
        Bucket bucket = buckets.get(
                userId,
                _ -> Bucket.builder()
                        .addLimit(Bandwidth.builder()
                                .capacity(rate.burst())
                                .refillGreedy(rate.perSecond(), Duration.ofSeconds(1))
                                .build())
                        .build());
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            long waitMillis = 1 + TimeUnit.NANOSECONDS.toMillis(probe.getNanosToWaitForRefill());
            throw new ProblemException(new Problem(
                    ErrorCode.RATE_LIMITED,
                    "More than %d a second. Wait, then send it again.".formatted(rate.perSecond()),
                    OptionalLong.of(waitMillis),
                    Problems.newTraceId(),
                    List.of()));
        }
    }

    private static Cache<String, Bucket> cache() {
        return Caffeine.newBuilder()
                .maximumSize(USERS_MAX)
                .expireAfterAccess(REMEMBERED)
                .build();
    }
}
