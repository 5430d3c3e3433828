package dev.parley.jepsen.history;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A value of an operation: what EDN and JSON have in common, so that both files hold the same.
public sealed interface Datum {

    record Nil() implements Datum {}

    record Num(long value) implements Datum {}

    /// A string. It may not begin with a colon, which JSON keeps for words.
    record Text(String value) implements Datum {
        public Text {
            if (value.startsWith(":")) {
                throw new IllegalArgumentException("a text may not begin with a colon: " + value);
            }
        }
    }

    /// A keyword of EDN.
    record Word(String name) implements Datum {}

    record Vec(List<Datum> items) implements Datum {
        public Vec {
            items = List.copyOf(items);
        }

        public Datum at(int index) {
            return items.get(index);
        }
    }

    record Table(Map<Datum, Datum> entries) implements Datum {
        public Table {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    static Datum nil() {
        return new Nil();
    }

    static Datum num(long value) {
        return new Num(value);
    }

    static Datum text(String value) {
        return new Text(value.startsWith(":") ? " " + value : value);
    }

    static Datum word(String name) {
        return new Word(name);
    }

    static Datum vec(Datum... items) {
        return new Vec(List.of(items));
    }

    static Datum vec(List<Datum> items) {
        return new Vec(items);
    }

    static Datum texts(List<String> items) {
        return new Vec(items.stream().map(Datum::text).toList());
    }

    static Datum table(Datum key, Datum value) {
        return new Table(Map.of(key, value));
    }

    default boolean isNil() {
        return this instanceof Nil;
    }

    default long asLong() {
        if (this instanceof Num(long value)) {
            return value;
        }
        throw new IllegalStateException("not a number: " + this);
    }

    default List<Datum> asList() {
        if (this instanceof Vec(List<Datum> items)) {
            return items;
        }
        throw new IllegalStateException("not a vector: " + this);
    }

    default Map<Datum, Datum> asTable() {
        if (this instanceof Table(Map<Datum, Datum> entries)) {
            return entries;
        }
        throw new IllegalStateException("not a map: " + this);
    }

    default String asText() {
        return switch (this) {
            case Text(String value) -> value;
            case Word(String name) -> name;
            default -> throw new IllegalStateException("not a text: " + this);
        };
    }
}
