package dev.parley.jepsen.workload;

import dev.parley.jepsen.history.Op;
import dev.parley.protocol.ErrorCode.Effect;
import dev.parley.protocol.json.InvalidInput;
import dev.parley.protocol.json.RestJson;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;

/// What an attempt came to, in Jepsen's words: decided here and nowhere else.
///
/// @param type ok, fail (surely nothing happened) or info (it may have, or may still)
/// @param why for fail and info
record Outcome(Op.Type type, String why) {

    /// Of an answer. A node that refuses for the moment says whether something may have happened; what says
    /// nothing,
    /// such as a proxy, leaves it open. A read that failed changed nothing in any case.
    static Outcome ofStatus(int status, byte[] body, boolean write) {
        if (status / 100 == 2) {
            return new Outcome(Op.Type.OK, "");
        }
        if (!write) {
            return new Outcome(Op.Type.FAIL, "status-" + status);
        }
        return switch (status) {
            case 400, 401, 403, 404, 405, 409, 412, 413, 422 -> new Outcome(Op.Type.FAIL, "status-" + status);
            case 429, 503 -> new Outcome(saysNothingHappened(body) ? Op.Type.FAIL : Op.Type.INFO, "status-" + status);
            default -> new Outcome(Op.Type.INFO, "status-" + status);
        };
    }

    /// Of no answer. Only a connection that never came about proves that nothing was asked.
    static Outcome ofFailure(IOException failure, boolean write) {
        if (failure instanceof ConnectException || failure instanceof HttpConnectTimeoutException) {
            return new Outcome(Op.Type.FAIL, "not-connected");
        }
        String why = failure instanceof HttpTimeoutException ? "timeout" : "broken";
        return new Outcome(write ? Op.Type.INFO : Op.Type.FAIL, why);
    }

    private static boolean saysNothingHappened(byte[] body) {
        try {
            return RestJson.decodeProblem(body).code().effect() == Effect.NONE;
        } catch (InvalidInput e) {
            return false; // not a node's own words
        }
    }
}
