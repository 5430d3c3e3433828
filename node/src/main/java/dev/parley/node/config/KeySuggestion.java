package dev.parley.node.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// Guesses which key was meant by one that does not exist.
final class KeySuggestion {

    private KeySuggestion() {}

    /// The known key nearest to the unknown one, if it is near: up to three letters and half of them may differ, and
    /// case, hyphens and underscores do not count.
    static Optional<String> nearest(String unknown, Collection<String> known) {
        int tolerated = Math.clamp(unknown.length() / 2, 1, 3);
        String best = null;
        int bestDistance = tolerated + 1;
        for (String key : known) {
            int distance = distance(plain(unknown), plain(key));
            if (distance < bestDistance) {
                best = key;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /// Levenshtein's distance: insertions, deletions and replacements from one text to the other.
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = above[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, Math.min(above[column], current[column - 1]) + 1);
            }
            above = current;
        }
        return above[to.length()];
    }
}
