package dev.parley.protocol.json;

import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Problem.FieldError;
import dev.parley.protocol.ServerFrame;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The other side sent bytes that are no frame or body of the protocol. Nothing happened; every decode method throws it
/// and nothing else.
///
/// Its code is [ErrorCode#MALFORMED], [ErrorCode#INVALID_FIELD] or [ErrorCode#TOO_LARGE].
public final class InvalidInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<FieldError> errors;
    private final transient Answers answers;

    /// What could be read of the frame although it is bad: the answer must carry it, or the client cannot tell
    /// which of its frames failed.
    record Answers(Optional<String> ref, Optional<String> clientMessageId, Optional<String> unknownType) {
        static final Answers NONE = new Answers(Optional.empty(), Optional.empty(), Optional.empty());
    }

    InvalidInput(ErrorCode code, String detail, List<FieldError> errors, Answers answers) {
        // no stack trace: the fault is in what was sent, and anyone can send much of it
        super(detail, null, false, false);
        this.code = code;
        this.errors = List.copyOf(errors);
        this.answers = answers;
    }

    InvalidInput(ErrorCode code, String detail) {
        this(code, detail, List.of(), Answers.NONE);
    }

    /// The same fault with what was read of its frame.
    InvalidInput in(Answers known) {
        return new InvalidInput(code, detail(), errors, known);
    }

    public ErrorCode code() {
        return code;
    }

    /// What is wrong, as a sentence for a person.
    public String detail() {
        return String.valueOf(getMessage());
    }

    /// What is wrong with each field; empty if it is not about fields.
    public List<FieldError> errors() {
        return errors;
    }

    /// The frame's `ref`, if it could be read.
    public Optional<String> ref() {
        return answers.ref();
    }

    /// The frame's `clientMessageId`, if it could be read.
    public Optional<String> clientMessageId() {
        return answers.clientMessageId();
    }

    /// The frame's `type`, if the frame is sound but of a type that this version does not know. A client ignores such a
    /// frame of a newer node.
    public Optional<String> unknownType() {
        return answers.unknownType();
    }

    /// The answer to a REST call.
    public Problem problem(String traceId) {
        return new Problem(code, detail(), OptionalLong.empty(), traceId, errors);
    }

    /// The answer to a frame.
    public ServerFrame.ErrorFrame errorFrame(String traceId) {
        return new ServerFrame.ErrorFrame(problem(traceId), clientMessageId(), ref());
    }
}
