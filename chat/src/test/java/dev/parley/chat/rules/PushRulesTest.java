package dev.parley.chat.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer.Done;
import dev.parley.chat.ChatCommand.RegisterDevice;
import dev.parley.chat.ChatCommand.SetPushTarget;
import dev.parley.chat.PushTarget;
import dev.parley.chat.view.DeviceTarget;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PushRulesTest {
    private final ChatState state = new ChatState();

    @BeforeEach
    void two_devices() {
        state.run(new RegisterDevice("alice", "old-phone", "android"));
        state.run(new RegisterDevice("alice", "phone", "android"));
        state.run(new RegisterDevice("bob", "phone", "android"));
    }

    @Test
    void a_token_that_another_device_of_the_user_had_goes_to_the_newest_registration() {
        set("alice", "old-phone", target("fcm", "one"));
        set("alice", "old-phone", target("apns", "aa"));

        set("alice", "phone", target("fcm", "one"));

        assertThat(state.pushTargets("alice"))
                .containsExactlyInAnyOrder(
                        new DeviceTarget("old-phone", target("apns", "aa")),
                        new DeviceTarget("phone", target("fcm", "one")));
        set("alice", "phone", target("fcm", "one"));
        assertThat(state.pushTargets("alice")).hasSize(2);
    }

    @Test
    void other_tokens_other_providers_and_other_users_keep_theirs() {
        set("alice", "old-phone", target("fcm", "one"));
        set("bob", "phone", target("fcm", "two"));

        set("alice", "phone", target("fcm", "two"));
        set("alice", "phone", target("apns", "one"));

        assertThat(state.pushTargets("alice")).hasSize(3);
        assertThat(state.pushTargets("bob")).containsExactly(new DeviceTarget("phone", target("fcm", "two")));
    }

    private void set(String userId, String deviceId, PushTarget target) {
        assertThat(state.run(new SetPushTarget(userId, deviceId, target))).isEqualTo(new Done());
    }

    private static PushTarget target(String provider, String token) {
        return new PushTarget(provider, token, Optional.empty());
    }
}
