package dev.parley.node.scrub;

import dev.parley.raftstorage.table.Family;
import java.util.HexFormat;
import java.util.Locale;

/// Where in the tables of a group a range begins: families in their order, keys in theirs.
///
/// @param key in hexadecimal; empty is before all keys of the family
public record TablePlace(Family family, String key) {

    /// Before everything.
    public static final TablePlace FIRST = new TablePlace(Family.LOG, "");

    /// Reads what [#toString] gives.
    ///
    /// @throws IllegalArgumentException if it is something else
    public static TablePlace parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("no place in the tables: " + text);
        }
        String key = text.substring(colon + 1);
        HexFormat.of().parseHex(key);
        return new TablePlace(Family.valueOf(text.substring(0, colon).toUpperCase(Locale.ROOT)), key);
    }

    @Override
    public String toString() {
        return family.name().toLowerCase(Locale.ROOT) + ":" + key;
    }
}
