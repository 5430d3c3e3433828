package dev.parley.node.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.chat.QueryAnswer.DeviceState;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.GateException;
import dev.parley.node.wire.Answers;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Knows whether a session token's device still counts. Asks the user's account once and remembers the answer until it
/// hears of a revocation. Thread-safe.
public final class DeviceDirectory {
    /// Devices that are remembered; beyond that the least used ones are asked for again.
    private static final int DEVICES_MAX = 100_000;

    /// A revocation that never reached this node (its link was down) takes effect after this time at the latest.
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final ChatGate gate;
    private final Cache<Key, Registration> devices = Caffeine.newBuilder()
            .maximumSize(DEVICES_MAX)
            .expireAfterWrite(REMEMBERED)
            .build();
    private final AtomicLong revocationsHeard = new AtomicLong();

    public DeviceDirectory(ChatGate gate) {
        this.gate = gate;
    }

    /// Returns if the token's device is registered, not revoked, and not registered anew since. May block for
    /// an answer.
    ///
    /// @throws ProblemException device-revoked
    /// @throws GateException if the account cannot be read now
    public void requireValid(SessionClaims claims) {
        Key key = new Key(claims.userId(), claims.deviceId());
        Registration known = devices.getIfPresent(key);
        if (known == null || known.generation() < claims.generation()) {
            known = ask(key);
        }
        if (known.revoked() || known.generation() != claims.generation()) {
            throw new ProblemException(
                    ErrorCode.DEVICE_REVOKED, "The device was revoked or registered anew; sign in again.");
        }
    }

    /// Forgets a device; called when its revocation is delivered. Never blocks.
    public void revoked(String userId, String deviceId) {
        revocationsHeard.incrementAndGet();
        devices.invalidate(new Key(userId, deviceId));
    }

    /// Forgets everything; called when deliveries may have been missed.
    public void clear() {
        revocationsHeard.incrementAndGet();
        devices.invalidateAll();
    }

    private Registration ask(Key key) {
        long heardBefore = revocationsHeard.get();
        QueryAnswer answer = Answers.await(gate.ask(new ChatQuery.Account(key.userId())));
        Registration found = answer instanceof AccountState account ? find(account, key.deviceId()) : Registration.NONE;
        devices.put(key, found);
        if (revocationsHeard.get() != heardBefore) {
            devices.invalidate(key); // the answer may be older than a revocation that was delivered meanwhile
        }
        return found;
    }

    private static Registration find(AccountState account, String deviceId) {
        for (DeviceState device : account.devices()) {
            if (device.deviceId().equals(deviceId)) {
                return new Registration(device.generation(), device.revoked());
            }
        }
        return Registration.NONE;
    }

    private record Key(String userId, String deviceId) {}

    private record Registration(long generation, boolean revoked) {
        static final Registration NONE = new Registration(-1, true);
    }
}
