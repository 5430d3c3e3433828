package dev.parley.cli;

import java.io.Console;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks before what cannot be taken back.
public final class Confirm {
    private static final String ENDING = " [y/N] ";

    /// Where somebody can be asked.
    @FunctionalInterface
    interface Terminal {
        /// Asks; null at the end of input.
        @Nullable
        String ask(String question);
    }

    private Confirm() {}

    /// Returns if the person at the terminal says yes.
    ///
    /// @throws CommandFailed if the answer is anything else, or if nobody can be asked
    public static void require(String question) {
        require(
                question,
                Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .map(console -> text -> console.readLine("%s", text)));
    }

    static void require(String question, Optional<Terminal> terminal) {
        String answer = terminal.orElseThrow(() -> CommandFailed.mistake("this needs --yes where nobody can be asked."))
                .ask(question + ENDING);
        if (answer == null || !isYes(answer.strip().toLowerCase(Locale.ROOT))) {
            throw CommandFailed.failed("nothing was changed.");
        }
    }

    private static boolean isYes(String answer) {
        return answer.equals("y") || answer.equals("yes");
    }
}
