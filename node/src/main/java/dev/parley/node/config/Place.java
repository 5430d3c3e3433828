package dev.parley.node.config;

import java.util.OptionalInt;

/// Where a value was written.
///
/// @param source a file's path or `environment variable PARLEY_…`
record Place(String source, OptionalInt line) {

    static Place line(String source, int line) {
        return new Place(source, OptionalInt.of(line));
    }

    static Place whole(String source) {
        return new Place(source, OptionalInt.empty());
    }

    /// An error here, in the shape that all of them have: `FILE, line 12: http.port must be …`.
    ConfigException error(String sentence) {
        return new ConfigException(this + ": " + sentence);
    }

    @Override
    public String toString() {
        return line.isPresent() ? source + ", line " + line.getAsInt() : source;
    }
}
