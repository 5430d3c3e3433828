package dev.parley.client;

import dev.parley.protocol.ErrorCode.Effect;

/// A call did not succeed. [#effect] says what a retry loop must know: whether it may have been carried out all the
/// same.
@SuppressWarnings("serial") // never serialized
public abstract sealed class ParleyException extends RuntimeException
        permits RefusedException, UnreachableException, OutcomeUnknownException {

    ParleyException(String message) {
        super(message);
    }

    ParleyException(String message, Throwable cause) {
        super(message, cause);
    }

    public abstract Effect effect();
}
