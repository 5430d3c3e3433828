package dev.parley.client;

import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.ErrorCode.Effect;
import dev.parley.protocol.Problem;

/// A node answered that it will not do what was asked, and why.
@SuppressWarnings("serial") // never serialized
public final class RefusedException extends ParleyException {

    private final Problem problem;

    public RefusedException(Problem problem) {
        super(problem.code().wire() + ": " + problem.detail());
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    public ErrorCode code() {
        return problem.code();
    }

    @Override
    public Effect effect() {
        return problem.code().effect();
    }
}
