package dev.parley.client;

import dev.parley.protocol.Problem;
import dev.parley.protocol.ServerFrame;
import java.util.Optional;

/// What became of a message.
public sealed interface SendOutcome {

    /// It is stored, durably, at this place of the conversation.
    record Acknowledged(ServerFrame.MessageAck ack) implements SendOutcome {}

    /// The server will not take it; nothing happened.
    record Refused(Problem problem) implements SendOutcome {}

    /// It was never sent, or each time refused for the moment, until the deadline or the end of the session; nothing
    /// happened.
    record NotSent(String reason) implements SendOutcome {}

    /// It was sent, and no answer says what became of it: it may be in the conversation or not.
    ///
    /// @param problem what the server said last, if anything
    record Unknown(String reason, Optional<Problem> problem) implements SendOutcome {}
}
