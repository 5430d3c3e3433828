package dev.parley.node.edge;

import org.jspecify.annotations.Nullable;

/// The client port could not be opened; the message is one sentence for the person who started the node.
public final class EdgeStartException extends Exception {
    private static final long serialVersionUID = 1L;

    EdgeStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
