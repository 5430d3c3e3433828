package dev.parley.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.Ids;
import dev.parley.chat.Role;
import dev.parley.node.delivery.TypingNotice;
import dev.parley.node.session.SessionFixture.Connected;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TypingTest {
    private static final String DIRECT = Ids.direct("ann", "bob");
    private static final String GROUP = Ids.group("ann", "g-1");

    private final SessionFixture fixture = new SessionFixture();
    private Connected ann;
    private Connected bob;

    @BeforeEach
    void connect() throws Exception {
        fixture.submit(new ChatCommand.CreateDirect(DIRECT, "ann", "bob"));
        ann = fixture.connect("ann", "d1", RecordedSocket.eager());
        bob = fixture.connect("bob", "d1", RecordedSocket.eager());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static ClientFrame typing(String conversationId, boolean active) {
        return new ClientFrame.Typing(conversationId, active, Optional.of("r"));
    }

    /// Sends a ping behind what was typed: with its pong everything before it has been carried out.
    private static List<ServerFrame> told(Connected who) throws Exception {
        who.send(new ClientFrame.Ping(Optional.of("end")));
        ServerFrame.Pong end = new ServerFrame.Pong(Optional.of("end"));
        List<ServerFrame> frames = new ArrayList<>();
        for (ServerFrame next = who.socket().next();
                !next.equals(end);
                next = who.socket().next()) {
            frames.add(next);
        }
        return frames;
    }

    @Test
    void the_other_members_hear_it_here_and_on_other_nodes_but_not_the_one_who_writes() throws Exception {
        Connected annsPhone = fixture.connect("ann", "d2", RecordedSocket.eager());

        ann.send(typing(DIRECT, true));
        ann.send(typing(DIRECT, false));

        assertThat(bob.socket().next()).isEqualTo(new ServerFrame.MemberTyping(DIRECT, "ann", true));
        assertThat(bob.socket().next()).isEqualTo(new ServerFrame.MemberTyping(DIRECT, "ann", false));
        assertThat(fixture.typingElsewhere)
                .containsExactly(
                        new TypingNotice(DIRECT, "ann", true, List.of("bob")),
                        new TypingNotice(DIRECT, "ann", false, List.of("bob")));
        assertThat(told(annsPhone)).isEmpty();
        assertThat(told(ann)).isEmpty();
    }

    @Test
    void more_than_one_in_two_seconds_is_left_out_without_a_word() throws Exception {
        for (int i = 0; i < 5; i++) {
            ann.send(typing(DIRECT, true));
        }
        fixture.pass(2);
        ann.send(typing(DIRECT, true));

        assertThat(bob.socket().next()).isEqualTo(new ServerFrame.MemberTyping(DIRECT, "ann", true));
        assertThat(bob.socket().next()).isEqualTo(new ServerFrame.MemberTyping(DIRECT, "ann", true));
        assertThat(told(bob)).isEmpty();
        assertThat(told(ann)).isEmpty();
    }

    @Test
    void who_is_no_member_is_refused_and_nobody_hears_it() throws Exception {
        Connected eve = fixture.connect("eve", "d1", RecordedSocket.eager());

        eve.send(typing(DIRECT, true));

        assertThat(eve.socket().next()).isInstanceOfSatisfying(ServerFrame.ErrorFrame.class, error -> {
            assertThat(error.problem().code()).isEqualTo(ErrorCode.NOT_A_MEMBER);
            assertThat(error.ref()).contains("r");
        });
        assertThat(told(bob)).isEmpty();
        assertThat(fixture.typingElsewhere).isEmpty();
    }

    @Test
    void neither_side_of_a_blocked_conversation_hears_the_other() throws Exception {
        fixture.submit(new ChatCommand.RegisterDevice("bob", "d1", "cli"));
        fixture.submit(new ChatCommand.NoteBlocked("bob", "ann", true));

        ann.send(typing(DIRECT, true));
        bob.send(typing(DIRECT, true));

        assertThat(told(ann)).isEmpty();
        assertThat(told(bob)).isEmpty();
        assertThat(fixture.typingElsewhere).isEmpty();
    }

    @Test
    void large_groups_hear_nothing_and_small_ones_do() throws Exception {
        List<String> others = IntStream.range(1, Limits.SMALL_AUDIENCE_MAX)
                .mapToObj(i -> i == 1 ? "bob" : "u" + i)
                .toList();
        fixture.submit(new ChatCommand.CreateGroup(GROUP, "ann", "Crew", others));

        ann.send(typing(GROUP, true));
        assertThat(told(bob)).contains(new ServerFrame.MemberTyping(GROUP, "ann", true));

        fixture.submit(new ChatCommand.AddMember(GROUP, "ann", "one-more", Role.MEMBER));
        bob.send(typing(GROUP, true));

        assertThat(told(ann)).noneMatch(ServerFrame.MemberTyping.class::isInstance);
    }

    @Test
    void a_session_with_half_its_queue_full_is_spared_instead_of_closed() throws Exception {
        Connected slow = fixture.connect("bob", "d2", RecordedSocket.stalled());
        slow.session().send(new byte[SessionSettings.defaults().outboundBytesMax() / 2]);

        ann.send(typing(DIRECT, true));

        assertThat(bob.socket().next()).isEqualTo(new ServerFrame.MemberTyping(DIRECT, "ann", true));
        assertThat(slow.session().isOpen()).isTrue();
        assertThat(slow.session().awaitRoom(0)).isTrue();
    }
}
