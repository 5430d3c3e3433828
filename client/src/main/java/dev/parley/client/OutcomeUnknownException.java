package dev.parley.client;

import dev.parley.protocol.ErrorCode.Effect;

/// The request was sent, but no answer says what became of it: it may have been carried out.
@SuppressWarnings("serial") // never serialized
public final class OutcomeUnknownException extends ParleyException {

    OutcomeUnknownException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public Effect effect() {
        return Effect.UNKNOWN;
    }
}
