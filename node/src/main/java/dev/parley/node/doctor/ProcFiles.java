package dev.parley.node.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What Linux says of itself in files. Empty where there are none.
///
/// @param root `/`, or another folder for tests
public record ProcFiles(Path root) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    /// Those of this machine.
    public static ProcFiles real() {
        return new ProcFiles(Path.of("/"));
    }

    /// The lines of a file.
    ///
    /// @param path without the first slash
    List<String> lines(String path) {
        try {
            return Files.readAllLines(root.resolve(path));
        } catch (IOException _) {
            return List.of(); // another system, or a container that hides it
        }
    }

    /// The first number of the line that begins with a word.
    OptionalLong number(String path, String beginning) {
        for (String line : lines(path)) {
            if (line.startsWith(beginning)) {
                Matcher number = NUMBER.matcher(line.substring(beginning.length()));
                return number.find() ? OptionalLong.of(Long.parseLong(number.group())) : OptionalLong.empty();
            }
        }
        return OptionalLong.empty();
    }
}
