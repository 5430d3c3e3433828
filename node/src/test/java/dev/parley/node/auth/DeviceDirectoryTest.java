package dev.parley.node.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.chat.QueryAnswer.DeviceState;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DeviceDirectoryTest {
    private final Accounts accounts = new Accounts();
    private final DeviceDirectory directory = new DeviceDirectory(accounts);

    @Test
    void a_valid_device_is_asked_for_once() {
        directory.requireValid(claims(1));
        directory.requireValid(claims(1));

        assertThat(accounts.asked).isEqualTo(1);
    }

    @Test
    void a_revoked_device_is_refused_once_its_revocation_is_heard() {
        directory.requireValid(claims(1));
        accounts.revoked = true;

        directory.revoked("ann", "d1");

        assertRefused(claims(1));
    }

    @Test
    void a_device_registered_anew_makes_its_older_token_void_and_its_newer_one_good() {
        directory.requireValid(claims(1));
        accounts.generation = 2;

        directory.requireValid(claims(2));

        assertRefused(claims(1));
    }

    @Test
    void an_unknown_device_is_refused() {
        assertRefused(new SessionClaims("ann", "other", 1, Instant.EPOCH));
    }

    @Test
    void an_answer_older_than_a_revocation_heard_meanwhile_is_not_remembered() {
        accounts.whileAsking = () -> directory.revoked("ann", "d1");

        directory.requireValid(claims(1));
        accounts.revoked = true;
        accounts.whileAsking = () -> {};

        assertRefused(claims(1));
    }

    @Test
    void after_missed_deliveries_everything_is_asked_for_again() {
        directory.requireValid(claims(1));
        accounts.revoked = true;

        directory.clear();

        assertRefused(claims(1));
    }

    private void assertRefused(SessionClaims claims) {
        assertThatThrownBy(() -> directory.requireValid(claims))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refused -> assertThat(refused.problem().code()).isEqualTo(ErrorCode.DEVICE_REVOKED));
    }

    private static SessionClaims claims(long generation) {
        return new SessionClaims("ann", "d1", generation, Instant.EPOCH);
    }

    /// One account with one device.
    private static final class Accounts implements ChatGate {
        private long generation = 1;
        private boolean revoked;
        private int asked;
        private Runnable whileAsking = () -> {};

        @Override
        public CompletableFuture<ChatAnswer> submit(ChatCommand command) {
            throw new UnsupportedOperationException("only asked");
        }

        @Override
        public CompletableFuture<QueryAnswer> ask(ChatQuery query) {
            asked++;
            DeviceState device = new DeviceState("d1", "cli", generation, 0, revoked);
            whileAsking.run();
            return CompletableFuture.completedFuture(
                    new AccountState(true, 0, 0, List.of(device), List.of(), List.of(), AccountSettings.DEFAULT));
        }
    }
}
