package dev.parley.cli;

/// A command cannot do what was asked. The message is one sentence for the person at the terminal; no stack trace is
/// shown.
@SuppressWarnings("serial") // never serialized
public final class CommandFailed extends RuntimeException {

    /// The exit code of a failure that is nobody's mistake: a node that does not answer, a check that found a loss.
    public static final int FAILED = 1;

    /// The exit code of a mistake in the call: an option, a file, a folder, a port.
    public static final int MISTAKE = 2;

    private final int exitCode;

    private CommandFailed(int exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    public static CommandFailed failed(String sentence) {
        return new CommandFailed(FAILED, sentence);
    }

    public static CommandFailed mistake(String sentence) {
        return new CommandFailed(MISTAKE, sentence);
    }

    public int exitCode() {
        return exitCode;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
