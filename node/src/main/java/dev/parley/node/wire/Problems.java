package dev.parley.node.wire;

import dev.parley.chat.Refusal;
import dev.parley.node.gate.GateException;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Problem.FieldError;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes problem objects. Words of a [GateException] or any other exception stay in the log, under the trace id.
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final long RETRY_AFTER_OVERLOAD_MILLIS = 1_000;
    private static final long RETRY_AFTER_DISK_LOW_MILLIS = 30_000;

    /// A problem with the wait that its code suggests and a new trace id.
    public static Problem of(ErrorCode code, String detail) {
        return new Problem(code, detail, retryAfter(code), newTraceId(), List.of());
    }

    /// What a rule refused; the detail comes from the rules and is written for the client.
    public static Problem of(Refusal refusal, String detail) {
        ErrorCode code = codeOf(refusal);
        return new Problem(code, detail, retryAfter(code), newTraceId(), errors(refusal, detail));
    }

    /// By the order of words that [Refusal#INVALID_FIELD] promises.
    private static List<FieldError> errors(Refusal refusal, String detail) {
        int blank = detail.indexOf(' ');
        return refusal == Refusal.INVALID_FIELD && blank > 0
                ? List.of(new FieldError(detail.substring(0, blank), detail.substring(blank + 1)))
                : List.of();
    }

    /// What became of a command or query when it was not answered.
    public static Problem of(GateException failure) {
        if (failure.code() == ErrorCode.INTERNAL) {
            return internal("answer failed", failure);
        }
        return of(failure.code(), advice(failure.code()));
    }

    /// Something that nobody expected: logged with its trace id, told to the client without any of its words.
    public static Problem internal(String subject, Throwable cause) {
        Problem problem = of(ErrorCode.INTERNAL, advice(ErrorCode.INTERNAL));
        LOG.error("{}: traceId={}", subject, problem.traceId(), cause);
        return problem;
    }

    /// 16 hexadecimal digits: enough to find one line in a log, and no secret.
    public static String newTraceId() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    private static ErrorCode codeOf(Refusal refusal) {
        return switch (refusal) {
            case NOT_A_MEMBER -> ErrorCode.NOT_A_MEMBER;
            case BLOCKED -> ErrorCode.BLOCKED;
            case ROLE_REQUIRED -> ErrorCode.ROLE_REQUIRED;
            case CONVERSATION_UNKNOWN -> ErrorCode.CONVERSATION_UNKNOWN;
            case USER_UNKNOWN -> ErrorCode.USER_UNKNOWN;
            case DEVICE_UNKNOWN -> ErrorCode.DEVICE_UNKNOWN;
            case CLIENT_MESSAGE_ID_REUSED -> ErrorCode.CLIENT_MESSAGE_ID_REUSED;
            case CLIENT_CONVERSATION_ID_REUSED -> ErrorCode.CLIENT_CONVERSATION_ID_REUSED;
            case TOO_LARGE -> ErrorCode.TOO_LARGE;
            case INVALID_FIELD -> ErrorCode.INVALID_FIELD;
        };
    }

    private static OptionalLong retryAfter(ErrorCode code) {
        return switch (code) {
            case OVERLOADED, NO_LEADER, DRAINING, RATE_LIMITED -> OptionalLong.of(RETRY_AFTER_OVERLOAD_MILLIS);
            case DISK_LOW -> OptionalLong.of(RETRY_AFTER_DISK_LOW_MILLIS);
            case MALFORMED,
                    TOKEN_MISSING,
                    TOKEN_INVALID,
                    TOKEN_EXPIRED,
                    DEVICE_REVOKED,
                    NOT_A_MEMBER,
                    WRONG_SENDER,
                    BLOCKED,
                    ROLE_REQUIRED,
                    FORBIDDEN,
                    CONVERSATION_UNKNOWN,
                    USER_UNKNOWN,
                    DEVICE_UNKNOWN,
                    PATH_UNKNOWN,
                    METHOD_UNKNOWN,
                    CLIENT_MESSAGE_ID_REUSED,
                    CLIENT_CONVERSATION_ID_REUSED,
                    TOO_LARGE,
                    INVALID_FIELD,
                    OUTCOME_UNKNOWN,
                    INTERNAL -> OptionalLong.empty();
        };
    }

    private static String advice(ErrorCode code) {
        if (code.effect() == ErrorCode.Effect.UNKNOWN) {
            return "It may have been carried out. Send it again unchanged: a repetition with the same id is harmless.";
        }
        return code.retryable() ? "Nothing happened. Send it again later." : code.title() + ".";
    }

    private Problems() {}
}
