package dev.parley.jepsen.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.jepsen.history.Datum.Nil;
import dev.parley.jepsen.history.Datum.Num;
import dev.parley.jepsen.history.Datum.Table;
import dev.parley.jepsen.history.Datum.Text;
import dev.parley.jepsen.history.Datum.Vec;
import dev.parley.jepsen.history.Datum.Word;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A history as Jepsen's EDN, which Elle, Knossos and jepsen.history read, and as JSON lines, which all else
/// reads.
public final class HistoryFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    public static void writeEdn(History history, Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (Op op : history.ops()) {
                out.append(Edn.write(table(op))).append('\n');
            }
        }
    }

    public static History readEdn(Path file) throws IOException {
        List<Op> ops = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            ops.add(op(Edn.read(line)));
        }
        return new History(ops);
    }

    public static void writeJsonLines(History history, Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (Op op : history.ops()) {
                out.append(JSON.writeValueAsString(json(table(op)))).append('\n');
            }
        }
    }

    public static History readJsonLines(Path file) throws IOException {
        List<Op> ops = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            ops.add(op(datum(JSON.readTree(line))));
        }
        return new History(ops);
    }

    private static Datum table(Op op) {
        Map<Datum, Datum> entries = new LinkedHashMap<>();
        entries.put(Datum.word("index"), Datum.num(op.index()));
        entries.put(Datum.word("time"), Datum.num(op.timeNanos()));
        entries.put(
                Datum.word("process"), op.process() == Op.NEMESIS ? Datum.word("nemesis") : Datum.num(op.process()));
        entries.put(Datum.word("type"), Datum.word(op.type().name().toLowerCase(Locale.ROOT)));
        entries.put(Datum.word("f"), Datum.word(op.f()));
        entries.put(Datum.word("value"), op.value());
        op.node().ifPresent(node -> entries.put(Datum.word("node"), Datum.text(node)));
        op.note().ifPresent(note -> entries.put(Datum.word("error"), Datum.text(note)));
        return new Table(entries);
    }

    private static Op op(Datum line) {
        Map<Datum, Datum> entries = line.asTable();
        Datum process = field(entries, "process");
        return new Op(
                Math.toIntExact(field(entries, "index").asLong()),
                field(entries, "time").asLong(),
                process instanceof Num(long number) ? Math.toIntExact(number) : Op.NEMESIS,
                Op.Type.valueOf(field(entries, "type").asText().toUpperCase(Locale.ROOT)),
                field(entries, "f").asText(),
                field(entries, "value"),
                Optional.ofNullable(entries.get(Datum.word("node"))).map(Datum::asText),
                Optional.ofNullable(entries.get(Datum.word("error"))).map(Datum::asText));
    }

    private static Datum field(Map<Datum, Datum> entries, String name) {
        Datum value = entries.get(Datum.word(name));
        if (value == null) {
            throw new IllegalArgumentException("an operation without " + name + ": " + entries);
        }
        return value;
    }

    private static JsonNode json(Datum datum) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (datum) {
            case Nil() -> nodes.nullNode();
            case Num(long value) -> nodes.numberNode(value);
            case Word(String name) -> nodes.textNode(":" + name);
            case Text(String value) -> nodes.textNode(value);
            case Vec(List<Datum> items) -> {
                var array = nodes.arrayNode();
                items.forEach(item -> array.add(json(item)));
                yield array;
            }
            case Table(Map<Datum, Datum> entries) -> {
                ObjectNode object = nodes.objectNode();
                entries.forEach((key, value) -> object.set(key(key), json(value)));
                yield object;
            }
        };
    }

    /// Words are written bare, as a reader of JSON expects it; numbers too, and texts are not used as keys.
    private static String key(Datum key) {
        return key instanceof Num(long number) ? Long.toString(number) : key.asText();
    }

    private static Datum datum(JsonNode node) {
        if (node.isNull()) {
            return Datum.nil();
        } else if (node.isIntegralNumber()) {
            return Datum.num(node.asLong());
        } else if (node.isTextual()) {
            String text = node.asText();
            return text.startsWith(":") ? Datum.word(text.substring(1)) : Datum.text(text);
        } else if (node.isArray()) {
            List<Datum> items = new ArrayList<>();
            node.forEach(item -> items.add(datum(item)));
            return Datum.vec(items);
        }
        Map<Datum, Datum> entries = new LinkedHashMap<>();
        node.properties()
                .forEach(entry -> entries.put(
                        entry.getKey().matches("-?\\d+")
                                ? Datum.num(Long.parseLong(entry.getKey()))
                                : Datum.word(entry.getKey()),
                        datum(entry.getValue())));
        return new Table(entries);
    }

    private HistoryFiles() {}
}
