package dev.parley.client;

import dev.parley.protocol.ErrorCode.Effect;

/// No node could be reached, or none was able to take the request, before the deadline. Surely nothing happened.
@SuppressWarnings("serial") // never serialized
public final class UnreachableException extends ParleyException {

    UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public Effect effect() {
        return Effect.NONE;
    }
}
