package dev.parley.node.wire;

import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Problem.FieldError;
import java.util.List;
import java.util.OptionalLong;

/// A client's request ends here with a problem. Its detail is written for the client; it never quotes another
/// exception.
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(problem.code().wire() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
    }

    public ProblemException(ErrorCode code, String detail) {
        this(Problems.of(code, detail));
    }

    /// One field has a value that is not allowed.
    public static ProblemException invalidField(String field, String reason) {
        FieldError error = new FieldError(field, reason);
        return new ProblemException(new Problem(
                ErrorCode.INVALID_FIELD,
                "%s %s.".formatted(field, reason),
                OptionalLong.empty(),
                Problems.newTraceId(),
                List.of(error)));
    }

    public Problem problem() {
        return problem;
    }
}
