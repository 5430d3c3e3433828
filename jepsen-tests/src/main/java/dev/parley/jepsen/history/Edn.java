package dev.parley.jepsen.history;

import dev.parley.jepsen.history.Datum.Nil;
import dev.parley.jepsen.history.Datum.Num;
import dev.parley.jepsen.history.Datum.Table;
import dev.parley.jepsen.history.Datum.Text;
import dev.parley.jepsen.history.Datum.Vec;
import dev.parley.jepsen.history.Datum.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The part of EDN that histories need, written and read.
public final class Edn {

    public static String write(Datum datum) {
        StringBuilder out = new StringBuilder();
        write(datum, out);
        return out.toString();
    }

    public static Datum read(String text) {
        Reader reader = new Reader(text);
        Datum datum = reader.datum();
        if (reader.skipBlank()) {
            throw reader.wrong("one value, and nothing behind it");
        }
        return datum;
    }

    private static void write(Datum datum, StringBuilder out) {
        switch (datum) {
            case Nil() -> out.append("nil");
            case Num(long value) -> out.append(value);
            case Word(String name) -> out.append(':').append(name);
            case Text(String value) -> quote(value, out);
            case Vec(List<Datum> items) -> {
                out.append('[');
                String between = "";
                for (Datum item : items) {
                    out.append(between);
                    write(item, out);
                    between = " ";
                }
                out.append(']');
            }
            case Table(Map<Datum, Datum> entries) -> {
                out.append('{');
                String between = "";
                for (Map.Entry<Datum, Datum> entry : entries.entrySet()) {
                    out.append(between);
                    write(entry.getKey(), out);
                    out.append(' ');
                    write(entry.getValue(), out);
                    between = ", ";
                }
                out.append('}');
            }
        }
    }

    private static void quote(String value, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append(c);
            }
        }
        out.append('"');
    }

    private static final class Reader {

        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        IllegalArgumentException wrong(String expected) {
            return new IllegalArgumentException("expected " + expected + " at character " + at + " of: " + text);
        }

        /// @return whether something follows
        boolean skipBlank() {
            while (at < text.length() && (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == ',')) {
                at++;
            }
            return at < text.length();
        }

        Datum datum() {
            if (!skipBlank()) {
                throw wrong("a value");
            }
            char first = text.charAt(at);
            return switch (first) {
                case '[' -> Datum.vec(until(']'));
                case '{' -> table(until('}'));
                case '"' -> string();
                case ':' -> {
                    at++;
                    yield Datum.word(token());
                }
                default -> atom(token());
            };
        }

        private List<Datum> until(char close) {
            at++;
            List<Datum> items = new ArrayList<>();
            while (skipBlank() && text.charAt(at) != close) {
                items.add(datum());
            }
            if (at >= text.length()) {
                throw wrong("a " + close);
            }
            at++;
            return items;
        }

        private Datum table(List<Datum> items) {
            Map<Datum, Datum> entries = new LinkedHashMap<>();
            for (int i = 0; i + 1 < items.size(); i += 2) {
                entries.put(items.get(i), items.get(i + 1));
            }
            return new Table(entries);
        }

        private Datum string() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                char c = text.charAt(at);
                if (c == '\\' && at + 1 < text.length()) {
                    at++;
                    c = switch (text.charAt(at)) {
                        case 'n' -> '\n';
                        case 'r' -> '\r';
                        case 't' -> '\t';
                        default -> text.charAt(at);
                    };
                }
                value.append(c);
            }
            at++;
            return Datum.text(value.toString());
        }

        private String token() {
            int from = at;
            while (at < text.length() && " ,]}\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(from, at);
        }

        private Datum atom(String token) {
            if (token.equals("nil")) {
                return Datum.nil();
            }
            if (!token.matches("-?\\d+")) {
                throw wrong("a number or nil instead of " + token);
            }
            return Datum.num(Long.parseLong(token));
        }
    }

    private Edn() {}
}
