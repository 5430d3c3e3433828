package dev.parley.chat.rules;

import static dev.parley.chat.rules.ConversationRulesTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.AccountSettings.PresenceVisibility;
import dev.parley.chat.AccountSettings.QuietHours;
import dev.parley.chat.ChatAnswer.DeviceRegistered;
import dev.parley.chat.ChatAnswer.Done;
import dev.parley.chat.ChatCommand.CreateUser;
import dev.parley.chat.ChatCommand.NoteBlocked;
import dev.parley.chat.ChatCommand.NoteMembership;
import dev.parley.chat.ChatCommand.RegisterDevice;
import dev.parley.chat.ChatCommand.RevokeDevice;
import dev.parley.chat.ChatCommand.SetSettings;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.Ids;
import dev.parley.chat.Refusal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccountRulesTest {
    private static final String GROUP = Ids.group("alice", "g-1");

    private final ChatState state = new ChatState();

    @Test
    void the_first_device_makes_the_account() {
        assertThat(state.run(new RegisterDevice("alice", "phone", "ios"))).isEqualTo(new DeviceRegistered(1));
        assertThat(state.account("alice").orElseThrow().devices()).isEqualTo(1);
    }

    @Test
    void an_account_is_made_once() {
        state.run(new CreateUser("alice"));
        long createdAt = state.account("alice").orElseThrow().createdAtMillis();

        assertThat(state.run(new CreateUser("alice"))).isEqualTo(new Done());
        state.run(new RegisterDevice("alice", "phone", "ios"));

        assertThat(state.account("alice").orElseThrow().createdAtMillis()).isEqualTo(createdAt);
    }

    @Test
    void devices_that_change_different_settings_do_not_undo_each_other() {
        state.run(new CreateUser("alice"));
        QuietHours night = new QuietHours(22 * 60, 7 * 60, "Europe/Berlin");

        state.run(new SetSettings("alice", receipts(false)));
        state.run(new SetSettings("alice", quiet(Optional.of(night), false)));

        assertThat(settings("alice"))
                .isEqualTo(new AccountSettings(PresenceVisibility.CONTACTS, false, true, Optional.of(night)));
        state.run(new SetSettings("alice", quiet(Optional.empty(), true)));
        assertThat(settings("alice"))
                .isEqualTo(new AccountSettings(PresenceVisibility.CONTACTS, false, true, Optional.empty()));
        assertThat(state.decide(new SetSettings("alice", receipts(false))).events())
                .isEmpty();
        state.run(new RegisterDevice("alice", "phone", "ios"));
        assertThat(settings("alice").readReceipts()).isFalse();
    }

    @Test
    void settings_of_nobody_and_impossible_quiet_hours_are_refused() {
        refused(state.run(new SetSettings("nobody", receipts(false))), Refusal.USER_UNKNOWN);
        state.run(new CreateUser("alice"));

        for (QuietHours hours : List.of(
                new QuietHours(-1, 60, "UTC"),
                new QuietHours(0, 1_440, "UTC"),
                new QuietHours(60, 60, "UTC"),
                new QuietHours(0, 60, ""),
                new QuietHours(0, 60, "no zone"))) {
            refused(state.run(new SetSettings("alice", quiet(Optional.of(hours), false))), Refusal.INVALID_FIELD);
        }
        assertThat(settings("alice")).isEqualTo(AccountSettings.DEFAULT);
    }

    private AccountSettings settings(String userId) {
        return state.account(userId).orElseThrow().settings();
    }

    private static AccountSettings.Patch receipts(boolean on) {
        return new AccountSettings.Patch(Optional.empty(), Optional.of(on), Optional.empty(), Optional.empty(), false);
    }

    private static AccountSettings.Patch quiet(Optional<QuietHours> hours, boolean none) {
        return new AccountSettings.Patch(Optional.empty(), Optional.empty(), Optional.empty(), hours, none);
    }

    @Test
    void a_device_registered_again_keeps_its_generation() {
        state.run(new RegisterDevice("alice", "phone", "ios"));

        assertThat(state.decide(new RegisterDevice("alice", "phone", "ios")).events())
                .isEmpty();
        assertThat(state.run(new RegisterDevice("alice", "phone", "web"))).isEqualTo(new DeviceRegistered(1));
        assertThat(state.device("alice", "phone").orElseThrow().platform()).isEqualTo("web");
    }

    @Test
    void a_revoked_device_comes_back_as_a_new_generation() {
        state.run(new RegisterDevice("alice", "phone", "ios"));

        assertThat(state.run(new RevokeDevice("alice", "phone"))).isEqualTo(new Done());
        assertThat(state.device("alice", "phone").orElseThrow().revoked()).isTrue();
        assertThat(state.decide(new RevokeDevice("alice", "phone")).events()).isEmpty();
        assertThat(state.run(new RegisterDevice("alice", "phone", "ios"))).isEqualTo(new DeviceRegistered(2));
        assertThat(state.device("alice", "phone").orElseThrow().revoked()).isFalse();
    }

    @Test
    void only_known_devices_of_known_users_are_revoked() {
        refused(state.run(new RevokeDevice("alice", "phone")), Refusal.USER_UNKNOWN);
        state.run(new RegisterDevice("alice", "phone", "ios"));
        refused(state.run(new RevokeDevice("alice", "tablet")), Refusal.DEVICE_UNKNOWN);
    }

    @Test
    void a_user_has_a_bounded_number_of_devices() {
        for (int device = 0; device < ChatLimits.DEVICES_PER_USER_MAX; device++) {
            state.run(new RegisterDevice("alice", "device-" + device, "web"));
        }

        refused(state.run(new RegisterDevice("alice", "one-more", "web")), Refusal.TOO_LARGE);
        assertThat(state.run(new RegisterDevice("alice", "device-7", "web"))).isEqualTo(new DeviceRegistered(1));
    }

    @Test
    void a_newer_membership_note_wins_whatever_the_order() {
        state.run(new NoteMembership("alice", GROUP, 9, true));
        state.run(new NoteMembership("alice", GROUP, 5, false));
        assertThat(state.conversationIds("alice")).containsExactly(GROUP);

        state.run(new NoteMembership("alice", GROUP, 12, false));
        state.run(new NoteMembership("alice", GROUP, 9, true));
        assertThat(state.conversationIds("alice")).isEmpty();
    }

    @Test
    void a_note_repeated_does_not_change_the_inbox_version() {
        state.run(new NoteMembership("alice", GROUP, 1, true));
        state.run(new NoteMembership("alice", GROUP, 1, true));

        assertThat(state.inboxVersion("alice")).isEqualTo(1);
    }

    @Test
    void a_block_is_noted_once_and_can_be_lifted() {
        state.run(new CreateUser("alice"));

        state.run(new NoteBlocked("alice", "mallory", true));
        state.run(new NoteBlocked("alice", "mallory", true));
        assertThat(state.blockedUserIds("alice")).containsExactly("mallory");
        assertThat(state.inboxVersion("alice")).isEqualTo(1);

        state.run(new NoteBlocked("alice", "mallory", false));
        assertThat(state.blockedUserIds("alice")).isEmpty();
    }

    @Test
    void nobody_notes_blocks_of_a_user_who_was_never_here() {
        refused(state.run(new NoteBlocked("alice", "mallory", true)), Refusal.USER_UNKNOWN);
    }
}
