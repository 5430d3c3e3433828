package dev.parley.cli;

import java.io.Console;
import java.util.Optional;

/// What may be written to the terminal: colours only for people (a terminal, and `NO_COLOR` unset, see no-color.org).
public final class Screen {

    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String RESET = "\u001b[0m";

    private Screen() {}

    /// Whether a person looks at standard output.
    public static boolean isInteractive() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    public static boolean hasColour() {
        String noColour = System.getenv("NO_COLOR");
        return isInteractive() && (noColour == null || noColour.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
    }

    public static String good(String text) {
        return hasColour() ? GREEN + text + RESET : text;
    }

    public static String bad(String text) {
        return hasColour() ? RED + text + RESET : text;
    }

    /// Makes text from others safe to print: control characters (escape sequences start with one) and the marks
    /// that turn the reading direction of what follows are dropped, so that a message cannot move the cursor,
    /// recolour the screen or reorder the line it stands in.
    public static String safe(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point == '\n' || point == '\t') {
                safe.append(' ');
            } else if (isHarmless(point)) {
                safe.appendCodePoint(point);
            }
        });
        return safe.toString();
    }

    private static boolean isHarmless(int point) {
        boolean control = Character.getType(point) == Character.CONTROL;
        boolean lineBreak = point == 0x2028 || point == 0x2029;
        boolean direction = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
        boolean surrogate = point >= 0xD800 && point <= 0xDFFF;
        return !control && !lineBreak && !direction && !surrogate;
    }
}
