package dev.parley.node.presence;

import static dev.parley.node.presence.PresenceFixture.HEARTBEAT;
import static dev.parley.node.presence.PresenceFixture.OFFLINE_AFTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.chat.AccountSettings.PresenceVisibility;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.Ids;
import dev.parley.node.presence.PresenceFixture.Connected;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Rest.UserPresence;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.ServerFrame.PresenceChanged;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Node 1 leads, Ann is at node 2, Bob at node 3.
class PresenceTest {
    private static final String DIRECT = Ids.direct("ann", "bob");
    private static final String GROUP = Ids.group("ann", "g");

    private final PresenceFixture fixture = new PresenceFixture();
    private Connected ann;

    @BeforeEach
    void settle() throws Exception {
        fixture.acquaint("ann", "bob");
        fixture.lead(1, 1);
        ann = fixture.node(2).connect("ann");
        fixture.tick();
        fixture.pass(HEARTBEAT);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static ServerFrame answer(UserPresence... users) {
        return new PresenceChanged(List.of(users), Optional.of("w"));
    }

    private static ServerFrame changed(UserPresence... users) {
        return new PresenceChanged(List.of(users), Optional.empty());
    }

    private static UserPresence online(String userId) {
        return UserPresence.online(userId);
    }

    private static UserPresence never(String userId) {
        return UserPresence.offline(userId, Optional.empty());
    }

    private static UserPresence lastSeen(String userId, Instant at) {
        return UserPresence.offline(userId, Optional.of(at));
    }

    @Test
    void a_watcher_is_answered_and_then_hears_who_comes_and_who_says_goodbye() throws Exception {
        assertThat(ann.watch(List.of("bob"), List.of())).containsExactly(answer(never("bob")));

        Connected bob = fixture.node(3).connect("bob");
        fixture.tick();
        assertThat(ann.told()).containsExactly(changed(online("bob")));

        bob.sayGoodbye();
        fixture.tick();
        assertThat(ann.told()).containsExactly(changed(lastSeen("bob", fixture.now())));
        assertThat(fixture.node(2).presence().look("ann", "bob")).isEqualTo(lastSeen("bob", fixture.now()));
    }

    @Test
    void a_user_is_online_while_one_device_is() throws Exception {
        ann.watch(List.of("bob"), List.of());
        Connected phone = fixture.node(3).connect("bob");
        Connected laptop = fixture.node(1).connect("bob");
        fixture.tick();
        assertThat(ann.told()).containsExactly(changed(online("bob")));

        phone.sayGoodbye();
        fixture.tick();
        assertThat(ann.told()).isEmpty();

        laptop.sayGoodbye();
        fixture.tick();
        assertThat(ann.told()).hasSize(1);
    }

    @Test
    void who_vanishes_stays_online_for_the_grace_and_was_active_when_last_heard_of() throws Exception {
        ann.watch(List.of("bob"), List.of());
        Connected bob = fixture.node(3).connect("bob");
        fixture.tick();
        Instant heard = fixture.now();
        ann.told();

        bob.vanish();
        fixture.pass(OFFLINE_AFTER.minusSeconds(1));
        assertThat(ann.told()).isEmpty();

        fixture.pass(Duration.ofSeconds(1));
        assertThat(ann.told()).containsExactly(changed(lastSeen("bob", heard)));
    }

    @Test
    void sessions_stay_online_for_as_long_as_their_gateway_repeats_them() throws Exception {
        ann.watch(List.of("bob"), List.of());
        fixture.node(3).connect("bob");
        fixture.tick();
        ann.told();

        fixture.pass(OFFLINE_AFTER.multipliedBy(5));

        assertThat(ann.told()).isEmpty();
        assertThat(fixture.node(1).presence().usersOnline()).isEqualTo(2);
    }

    @Test
    void a_process_that_stood_still_does_not_let_its_own_sessions_lapse() throws Exception {
        fixture.node(1).connect("bob");
        fixture.tick();
        Duration later = Duration.ofSeconds(10); // so that the interest in Bob outlives his session
        fixture.pass(later);
        assertThat(ann.watch(List.of("bob"), List.of())).containsExactly(answer(online("bob")));

        fixture.standStill(OFFLINE_AFTER.minus(later));

        assertThat(ann.told()).isEmpty();
    }

    @Test
    void a_new_leader_hears_all_of_it_at_once_and_nobody_notices() throws Exception {
        ann.watch(List.of("bob"), List.of());
        Connected bob = fixture.node(3).connect("bob");
        fixture.tick();
        ann.told();

        fixture.kill(1);
        fixture.lead(2, 2);
        fixture.tick();
        assertThat(fixture.node(2).presence().look("ann", "bob")).isEqualTo(online("bob"));
        fixture.pass(HEARTBEAT.multipliedBy(2));
        assertThat(ann.told()).isEmpty();

        bob.sayGoodbye();
        fixture.tick();
        assertThat(ann.told()).containsExactly(changed(lastSeen("bob", fixture.now())));
    }

    @Test
    void who_died_with_the_leader_is_offline_after_one_heartbeat_and_not_before() throws Exception {
        ann.watch(List.of("bob"), List.of());
        fixture.node(1).connect("bob");
        fixture.tick();
        assertThat(ann.told()).containsExactly(changed(online("bob")));

        fixture.kill(1);
        fixture.lead(3, 2);
        fixture.tick();
        assertThatThrownBy(() -> fixture.node(2).presence().look("ann", "bob"))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.NO_LEADER));
        fixture.pass(HEARTBEAT.minusSeconds(1));
        assertThat(ann.told()).isEmpty();

        fixture.pass(Duration.ofSeconds(1));
        assertThat(ann.told()).containsExactly(changed(never("bob")));
    }

    @Test
    void who_reconnects_while_the_leader_changes_is_never_offline() throws Exception {
        ann.watch(List.of("bob"), List.of());
        fixture.node(1).connect("bob");
        fixture.tick();
        ann.told();

        fixture.kill(1);
        fixture.lead(3, 2);
        fixture.node(2).connect("bob");
        fixture.pass(HEARTBEAT.multipliedBy(2));

        assertThat(ann.told()).isEmpty();
    }

    @Test
    void what_is_not_known_yet_is_left_out_of_the_answer_and_told_later() throws Exception {
        fixture.lead(3, 2);
        fixture.tick();

        assertThat(ann.watch(List.of("bob", "ann"), List.of())).containsExactly(answer(online("ann")));

        fixture.pass(HEARTBEAT);
        assertThat(ann.told()).containsExactly(changed(never("bob")));
    }

    @Test
    void a_late_word_of_an_old_leader_changes_nothing() throws Exception {
        ann.watch(List.of("bob"), List.of());
        fixture.node(3).connect("bob");
        fixture.tick();
        fixture.lead(2, 2);
        fixture.tick();
        ann.told();

        fixture.node(2).presence().hear(List.of(new PresenceState("bob", false, 5, 1, 1_000)));

        assertThat(ann.told()).isEmpty();
    }

    @Test
    void a_small_conversation_is_followed_and_its_members_are_contacts() throws Exception {
        fixture.submit(new ChatCommand.CreateGroup(GROUP, "ann", "Crew", List.of("carol")));
        assertThat(ann.watch(List.of(), List.of(GROUP))).hasSize(1);

        fixture.node(3).connect("carol");
        fixture.tick();

        assertThat(ann.told()).containsExactly(changed(online("carol")));
    }

    @Test
    void a_large_conversation_is_answered_once_and_not_followed() throws Exception {
        List<String> others = IntStream.rangeClosed(1, Limits.SMALL_AUDIENCE_MAX)
                .mapToObj(i -> i == 1 ? "bob" : "u" + i)
                .toList();
        fixture.submit(new ChatCommand.CreateGroup(GROUP, "ann", "Crew", others));
        Connected bob = fixture.node(3).connect("bob");
        fixture.tick();

        List<ServerFrame> answers = ann.watch(List.of(), List.of(GROUP));
        assertThat(answers)
                .singleElement()
                .isInstanceOfSatisfying(
                        PresenceChanged.class,
                        frame -> assertThat(frame.users())
                                .hasSize(Limits.SMALL_AUDIENCE_MAX + 1)
                                .contains(online("ann"), online("bob"), never("u2")));

        bob.sayGoodbye();
        fixture.pass(HEARTBEAT);
        assertThat(ann.told()).isEmpty();
    }

    @Test
    void a_new_watch_replaces_the_one_before() throws Exception {
        ann.watch(List.of("bob"), List.of());
        assertThat(ann.watch(List.of("ann"), List.of())).containsExactly(answer(online("ann")));

        fixture.node(3).connect("bob");
        fixture.pass(HEARTBEAT);

        assertThat(ann.told()).isEmpty();
    }

    @Test
    void a_conversation_of_others_is_refused_and_the_rest_is_answered() throws Exception {
        Connected eve = fixture.node(1).connect("eve");

        List<ServerFrame> told = eve.watch(List.of("zoe"), List.of(DIRECT));

        assertThat(told).hasSize(2);
        assertThat(told.getFirst())
                .isInstanceOfSatisfying(
                        ServerFrame.ErrorFrame.class,
                        error -> assertThat(error.problem().code()).isEqualTo(ErrorCode.NOT_A_MEMBER));
        assertThat(told.getLast()).isEqualTo(answer(never("zoe")));
    }

    @Test
    void by_default_contacts_see_a_user_and_strangers_see_somebody_who_never_was_here() throws Exception {
        fixture.node(3).connect("bob");
        Connected eve = fixture.node(1).connect("eve");
        fixture.tick();

        assertThat(ann.watch(List.of("bob"), List.of())).containsExactly(answer(online("bob")));
        assertThat(eve.watch(List.of("bob"), List.of())).containsExactly(answer(never("bob")));
        assertThat(fixture.node(1).presence().look("eve", "bob")).isEqualTo(never("bob"));
    }

    @Test
    void who_shows_itself_to_everyone_is_seen_by_strangers() throws Exception {
        fixture.show("bob", PresenceVisibility.EVERYONE);
        fixture.node(3).connect("bob");
        Connected eve = fixture.node(1).connect("eve");
        fixture.tick();

        assertThat(eve.watch(List.of("bob"), List.of())).containsExactly(answer(online("bob")));
    }

    @Test
    void who_hides_is_seen_by_nobody_but_itself() throws Exception {
        fixture.show("bob", PresenceVisibility.NOBODY);
        Connected bob = fixture.node(3).connect("bob");
        fixture.tick();

        assertThat(ann.watch(List.of("bob"), List.of(DIRECT)))
                .singleElement()
                .isInstanceOfSatisfying(
                        PresenceChanged.class,
                        frame -> assertThat(frame.users()).containsExactlyInAnyOrder(online("ann"), never("bob")));
        assertThat(bob.watch(List.of("bob"), List.of())).containsExactly(answer(online("bob")));
        bob.sayGoodbye();
        fixture.pass(HEARTBEAT);
        assertThat(ann.told()).isEmpty();
    }

    @Test
    void a_user_who_hides_is_gone_for_all_and_back_when_it_shows_itself_again() throws Exception {
        Connected bob = fixture.node(3).connect("bob");
        fixture.tick();
        assertThat(ann.watch(List.of("bob"), List.of())).containsExactly(answer(online("bob")));

        fixture.show("bob", PresenceVisibility.NOBODY);
        bob.node().presence().rulesChanged("bob");
        fixture.tick();
        assertThat(ann.told()).containsExactly(changed(never("bob")));

        fixture.show("bob", PresenceVisibility.CONTACTS);
        bob.node().presence().rulesChanged("bob");
        fixture.tick();
        assertThat(ann.told()).containsExactly(changed(online("bob")));
    }

    @Test
    void who_is_blocked_sees_nothing_of_who_blocked_it() throws Exception {
        fixture.submit(new ChatCommand.NoteBlocked("bob", "ann", true));
        fixture.node(3).connect("bob");
        fixture.tick();

        assertThat(ann.watch(List.of("bob"), List.of())).containsExactly(answer(never("bob")));
    }

    @Test
    void a_session_that_ended_is_told_nothing_and_costs_nothing() throws Exception {
        ann.watch(List.of("bob"), List.of());
        ann.vanish();
        fixture.node(3).connect("bob");
        fixture.tick();

        assertThat(ann.told()).isEmpty();
        assertThat(ann.watch(List.of("bob"), List.of())).isEmpty();
    }
}
