package dev.parley.node.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.node.session.SessionFixture.Connected;
import dev.parley.protocol.CloseCode;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One device moves between two gateways, of which the first has a clock that is an hour ahead.
class NewestSessionTest {
    private static final long NOW = 1_800_000_000_000L;

    private final SessionFixture ahead = new SessionFixture();
    private final SessionFixture behind = new SessionFixture();

    @BeforeEach
    void skewTheClocks() {
        ahead.wallMillis.set(NOW + TimeUnit.HOURS.toMillis(1));
        behind.wallMillis.set(NOW);
    }

    @AfterEach
    void close() {
        ahead.close();
        behind.close();
    }

    @Test
    void the_newest_session_survives_although_its_gateways_clock_is_behind() throws Exception {
        Connected first = connect(ahead, "d1");
        announce(first, behind);
        Connected second = connect(behind, "d1");
        announce(second, ahead);

        assertThat(first.socket().closeCode()).isEqualTo(CloseCode.REPLACED.code());
        assertThat(second.session().isOpen()).isTrue();
    }

    @Test
    void each_move_of_the_device_closes_the_session_before_it() throws Exception {
        Connected before = connect(ahead, "d1");
        announce(before, behind);
        for (int move = 0; move < 10; move++) {
            boolean toBehind = move % 2 == 0;
            Connected next = connect(toBehind ? behind : ahead, "d1");
            announce(next, toBehind ? ahead : behind);

            assertThat(before.socket().closeCode()).as("move %d", move).isEqualTo(CloseCode.REPLACED.code());
            assertThat(next.session().isOpen()).as("move %d", move).isTrue();
            before = next;
        }
    }

    @Test
    void an_announcement_that_comes_late_closes_nothing_newer() {
        Connected first = connect(behind, "d1");
        Connected second = connect(ahead, "d1");
        announce(second, behind);
        announce(first, ahead);

        assertThat(second.session().isOpen()).isTrue();
        assertThat(first.session().isOpen()).isFalse();
    }

    @Test
    void sessions_opened_at_once_do_not_close_each_other_both() {
        behind.wallMillis.set(ahead.wallMillis.get());
        for (int i = 0; i < 50; i++) {
            Connected one = connect(ahead, "d" + i);
            Connected other = connect(behind, "d" + i);
            announce(one, behind);
            announce(other, ahead);

            assertThat(one.session().isOpen())
                    .as("device %d", i)
                    .isNotEqualTo(other.session().isOpen());
        }
    }

    @Test
    void a_clock_that_is_absurdly_wrong_elsewhere_leaves_the_numbers_in_order() {
        ahead.registry.replaceElsewhere("ann", "d1", "s_ffffffffffff000000000000");
        Connected first = connect(ahead, "d1");
        Connected second = connect(ahead, "d1");

        assertThat(second.session().identity().sessionId())
                .isGreaterThan(first.session().identity().sessionId());
    }

    private static Connected connect(SessionFixture gateway, String deviceId) {
        return gateway.connect("ann", deviceId, RecordedSocket.eager());
    }

    private static void announce(Connected opened, SessionFixture to) {
        SessionIdentity session = opened.session().identity();
        to.registry.replaceElsewhere(session.userId(), session.deviceId(), session.sessionId());
    }
}
