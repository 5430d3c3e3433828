package dev.parley.jepsen.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.jepsen.history.Op;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Problem;
import dev.parley.protocol.json.RestJson;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What proves that nothing happened, and what does not.
class OutcomeTest {

    private static final byte[] NO_BODY = new byte[0];

    @Test
    void an_acknowledgement_is_ok() {
        assertThat(Outcome.ofStatus(202, NO_BODY, true).type()).isEqualTo(Op.Type.OK);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 409, 413, 422})
    void a_refusal_proves_that_nothing_happened(int status) {
        assertThat(Outcome.ofStatus(status, NO_BODY, true).type()).isEqualTo(Op.Type.FAIL);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 500, 502, 504})
    void other_answers_prove_nothing(int status) {
        assertThat(Outcome.ofStatus(status, NO_BODY, true).type()).isEqualTo(Op.Type.INFO);
    }

    @Test
    void an_overloaded_node_proves_it_only_in_its_own_words() {
        byte[] words =
                RestJson.encode(new Problem(ErrorCode.NO_LEADER, "none", OptionalLong.empty(), "t_1", List.of()));

        assertThat(Outcome.ofStatus(503, words, true).type()).isEqualTo(Op.Type.FAIL);
        assertThat(Outcome.ofStatus(503, NO_BODY, true).type()).isEqualTo(Op.Type.INFO);
    }

    @Test
    void only_a_connection_that_never_came_about_proves_that_nothing_was_asked() {
        assertThat(Outcome.ofFailure(new ConnectException("refused"), true).type())
                .isEqualTo(Op.Type.FAIL);
        assertThat(Outcome.ofFailure(new HttpTimeoutException("late"), true).type())
                .isEqualTo(Op.Type.INFO);
        assertThat(Outcome.ofFailure(new EOFException(), true).type()).isEqualTo(Op.Type.INFO);
    }

    @Test
    void a_read_is_never_in_doubt() {
        assertThat(Outcome.ofFailure(new IOException("broken"), false).type()).isEqualTo(Op.Type.FAIL);
        assertThat(Outcome.ofStatus(504, NO_BODY, false).type()).isEqualTo(Op.Type.FAIL);
    }
}
