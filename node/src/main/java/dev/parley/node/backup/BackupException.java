package dev.parley.node.backup;

/// Why a backup could not be made or used: one sentence for the administrator.
public final class BackupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean mistake;

    private BackupException(String sentence, boolean mistake, Throwable cause) {
        super(sentence, cause);
        this.mistake = mistake;
    }

    private BackupException(String sentence, boolean mistake) {
        super(sentence);
        this.mistake = mistake;
    }

    /// The command was called wrongly.
    static BackupException mistake(String sentence) {
        return new BackupException(sentence, true);
    }

    /// What was asked for could not be done.
    static BackupException failed(String sentence) {
        return new BackupException(sentence, false);
    }

    static BackupException failed(String sentence, Throwable cause) {
        return new BackupException(sentence, false, cause);
    }

    /// What went wrong in one line: Tink tells the state of its cipher on further ones.
    static String reason(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(e.getClass().getSimpleName());
    }

    /// Whether the person who called is to blame.
    public boolean isMistake() {
        return mistake;
    }
}
