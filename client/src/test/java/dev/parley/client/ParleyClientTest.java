package dev.parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.ErrorCode.Effect;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The REST calls against a twin cluster.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ParleyClientTest {

    private static final ClientOptions.Timing QUICK = new ClientOptions.Timing(
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofMillis(800),
            Duration.ofSeconds(5),
            Duration.ofMillis(10),
            Duration.ofMillis(50));

    private TwinCluster cluster;
    private ParleyClient client;

    @BeforeEach
    void start() throws Exception {
        cluster = TwinCluster.of(2);
        client = new ParleyClient(
                ClientOptions.of(cluster.urls(), () -> "bearer", "d_1").with(QUICK));
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    @Test
    void a_call_goes_to_the_next_node_when_one_is_gone() {
        assertThat(client.userId()).isEqualTo(TwinCluster.ME);
        cluster.nodes.getFirst().close();

        assertThat(client.direct(TwinCluster.PEER)).isEqualTo("c_" + TwinCluster.PEER);
    }

    @Test
    void a_call_without_any_node_fails_and_says_that_nothing_happened() {
        client.userId();
        cluster.close();

        assertThatExceptionOfType(UnreachableException.class)
                .isThrownBy(() -> client.direct(TwinCluster.PEER))
                .satisfies(e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
    }

    @Test
    void a_lost_answer_is_asked_for_again_where_that_is_harmless() {
        client.userId();
        cluster.restCallsToDrop.set(1);

        assertThat(client.direct(TwinCluster.PEER)).isEqualTo("c_" + TwinCluster.PEER);
        assertThat(cluster.restCalls.stream().filter("POST /v1/conversations/direct"::equals))
                .hasSize(2);
    }

    @Test
    void a_lost_answer_is_an_unknown_outcome_where_asking_again_is_not_harmless() {
        client.userId();
        cluster.restCallsToDrop.set(1);

        assertThatExceptionOfType(OutcomeUnknownException.class)
                .isThrownBy(() -> client.addMember("c_1", "u_new"))
                .satisfies(e -> assertThat(e.effect()).isEqualTo(Effect.UNKNOWN));
        assertThat(cluster.restCalls.stream().filter("POST /v1/conversations/c_1/members"::equals))
                .hasSize(1);
    }

    @Test
    void a_refusal_carries_the_problem() {
        client.userId();
        cluster.restProblem = Optional.of(TwinCluster.problem(ErrorCode.NOT_A_MEMBER));

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> client.members("c_1"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_A_MEMBER));
    }

    @Test
    void a_refusal_for_the_moment_is_tried_until_the_deadline() {
        client.userId();
        cluster.restProblem = Optional.of(TwinCluster.problem(ErrorCode.NO_LEADER));

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> client.members("c_1"))
                .satisfies(e -> assertThat(e.effect()).isEqualTo(Effect.NONE));
        assertThat(cluster.restCalls.stream().filter("GET /v1/conversations/c_1/members"::equals))
                .hasSizeGreaterThan(2);
    }

    @Test
    void an_expired_session_is_renewed_within_the_call() {
        client.userId();
        cluster.sessionToken = "sess_2";

        assertThat(client.conversations()).isEqualTo(List.of());
        assertThat(cluster.restCalls.stream().filter("POST /v1/sessions/bootstrap"::equals))
                .hasSize(2);
    }
}
