package dev.parley.cli.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.cli.CommandFailed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The texts of a run. Each begins with `author:number ` and can be made again from these two, so that what
/// comes
/// back can be compared byte for byte without keeping it.
final class Bodies {

    private static final int TEXT_BYTES_MAX = dev.parley.protocol.Limits.TEXT_BYTES_MAX;

    /// Space for `author:number `.
    private static final int PREFIX_BYTES_MAX = 24;

    private final List<String> fillers;
    private final List<byte[]> escaped;

    private Bodies(List<String> fillers) {
        this.fillers = List.copyOf(fillers);
        this.escaped = this.fillers.stream()
                .map(filler -> JsonStringEncoder.getInstance().quoteAsUTF8(filler))
                .toList();
    }

    /// Texts of one size.
    ///
    /// @param bytes of each text, about: the prefix counts too
    static Bodies ofSize(int bytes) {
        if (bytes < PREFIX_BYTES_MAX || bytes > TEXT_BYTES_MAX) {
            throw CommandFailed.mistake(
                    "--size must be " + PREFIX_BYTES_MAX + " to " + TEXT_BYTES_MAX + ", not " + bytes + ".");
        }
        String alphabet = "the quick brown fox jumps over the lazy dog ";
        String filler = alphabet.repeat(bytes / alphabet.length() + 1).substring(0, bytes - PREFIX_BYTES_MAX / 2);
        return new Bodies(List.of(filler));
    }

    /// Texts from a file of one JSON object per line, with the text in `text`.
    static Bodies fromCorpus(Path file) {
        List<String> fillers = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        try {
            for (String line : Files.readAllLines(file)) {
                String text = json.readTree(line).path("text").asText("");
                if (!text.isEmpty()) {
                    fillers.add(shortened(text));
                }
            }
        } catch (JsonProcessingException e) {
            throw CommandFailed.mistake("the corpus " + file + " must hold one JSON object per line with a \"text\".");
        } catch (IOException e) {
            throw CommandFailed.mistake("cannot read the corpus " + file + ": " + e.getMessage() + ".");
        }
        if (fillers.isEmpty()) {
            throw CommandFailed.mistake("the corpus " + file + " holds no text.");
        }
        return new Bodies(fillers);
    }

    private static String shortened(String text) {
        StringBuilder kept = new StringBuilder();
        int bytes = PREFIX_BYTES_MAX;
        for (int point : text.codePoints().toArray()) {
            bytes += Character.toString(point).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > TEXT_BYTES_MAX) {
                break;
            }
            kept.appendCodePoint(point);
        }
        return kept.toString();
    }

    String text(int author, int number) {
        return prefix(author, number) + fillers.get(index(author, number));
    }

    /// The text's bytes within a JSON string, without the quotes.
    byte[] escaped(int author, int number) {
        byte[] prefix = prefix(author, number).getBytes(StandardCharsets.US_ASCII);
        byte[] filler = escaped.get(index(author, number));
        byte[] whole = new byte[prefix.length + filler.length];
        System.arraycopy(prefix, 0, whole, 0, prefix.length);
        System.arraycopy(filler, 0, whole, prefix.length, filler.length);
        return whole;
    }

    /// The author whom a text that came back names.
    ///
    /// @return -1 if it names none
    static int authorOf(String text) {
        int colon = text.indexOf(':');
        if (colon < 1 || colon > PREFIX_BYTES_MAX) {
            return -1;
        }
        try {
            return Integer.parseInt(text, 0, colon, 10);
        } catch (NumberFormatException e) {
            return -1; // not one of ours
        }
    }

    /// The number of a text that came back.
    ///
    /// @return -1 if it is not a text of this author, to the last character
    int numberOf(int author, String text) {
        int colon = text.indexOf(':');
        int space = text.indexOf(' ');
        if (colon < 1 || space <= colon + 1 || space > PREFIX_BYTES_MAX) {
            return -1;
        }
        int number;
        try {
            number = Integer.parseInt(text, colon + 1, space, 10);
        } catch (NumberFormatException e) {
            return -1; // not one of ours
        }
        String prefix = prefix(author, number);
        String filler = fillers.get(index(author, number));
        boolean same =
                text.length() == prefix.length() + filler.length() && text.startsWith(prefix) && text.endsWith(filler);
        return same ? number : -1;
    }

    private int index(int author, int number) {
        return Math.floorMod(author * 31 + number, fillers.size());
    }

    private static String prefix(int author, int number) {
        return author + ":" + number + " ";
    }
}
