package dev.parley.cli;

import java.io.Console;
import java.util.Optional;

/// Asks before what cannot be taken back.
public final class Confirm {

    private Confirm() {}

    /// Whether the person at the terminal says yes.
    ///
    /// @throws CommandFailed if nobody can be asked
    public static boolean ask(String question) {
        Console console = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .orElseThrow(() -> CommandFailed.mistake("this needs --yes where nobody can be asked."));
        String answer = console.readLine("%s [y/N] ", question);
        return answer != null && answer.strip().equalsIgnoreCase("y");
    }
}
