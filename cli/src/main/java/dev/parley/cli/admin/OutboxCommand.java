package dev.parley.cli.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.cli.CommandFailed;
import dev.parley.cli.Confirm;
import dev.parley.cli.Screen;
import dev.parley.cli.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `parley outbox`: what each partition has yet to tell, and the work that was given up.
@Command(
        name = "outbox",
        description = "Shows what each partition has yet to tell to the lists of users, and dead letters.",
        mixinStandardHelpOptions = true)
public final class OutboxCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final Pattern PLACE = Pattern.compile("([0-9]{1,2})/([0-9]{1,18})");
    private static final int PAGE = 200;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--json", description = "Prints JSON for programs.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Map<Integer, ObjectNode> lines = new TreeMap<>();
        List<ClusterOptions.Node> nodes = cluster.nodes();
        for (ClusterOptions.Node node : nodes) {
            for (JsonNode line : node.api().outbox().path("partitions")) {
                ObjectNode copy = line.deepCopy();
                lines.put(line.path("partition").asInt(), copy.put("leader", node.id()));
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode tree = JSON.createObjectNode();
            lines.values().forEach(tree.putArray("partitions")::add);
            out.println(JSON.writeValueAsString(tree));
        } else {
            print(lines, out);
        }
        int partitions = partitions(nodes);
        if (lines.size() < partitions) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "parley: no leader answered for %d of %d partitions.%n",
                            partitions - lines.size(), partitions);
            return CommandFailed.FAILED;
        }
        return 0;
    }

    private static void print(Map<Integer, ObjectNode> lines, PrintWriter out) {
        Table table = new Table("PARTITION", "LEADER", "PENDING", "OLDEST", "CONSUMERS", "DEAD LETTERS", "DROPPED");
        for (ObjectNode line : lines.values()) {
            List<String> consumers = new ArrayList<>();
            line.path("consumers")
                    .properties()
                    .forEach(consumer -> consumers.add(
                            consumer.getKey() + " " + consumer.getValue().asLong()));
            table.row(
                    line.path("group").asText(),
                    line.path("leader").asText(),
                    line.path("pending").asText(),
                    "%.1fs".formatted(line.path("oldestSeconds").asDouble()),
                    String.join(", ", consumers),
                    line.path("deadLetters").asText(),
                    line.path("dropped").asText());
        }
        table.print(out);
    }

    @Command(name = "dead-letters", description = "Lists the dead letters.", mixinStandardHelpOptions = true)
    int deadLetters(
            @Mixin ClusterOptions options,
            @Option(names = "--partition", paramLabel = "P", description = "Of this partition only.")
                    Optional<Integer> partition,
            @Option(names = "--json", description = "Prints JSON for programs.") boolean asJson)
            throws JsonProcessingException {
        List<JsonNode> letters = letters(options.nodes(), partition);
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            ObjectNode tree = JSON.createObjectNode();
            letters.forEach(tree.putArray("letters")::add);
            out.println(JSON.writeValueAsString(tree));
            return 0;
        }
        Table table = new Table("LETTER", "KIND", "TRIES", "AT", "USER", "CONVERSATION", "REASON");
        letters.forEach(letter -> table.row(
                place(letter),
                letter.path("kind").asText(),
                letter.path("tries").asText(),
                letter.path("at").asText(),
                Screen.safe(letter.path("userId").asText()),
                Screen.safe(letter.path("conversationId").asText()),
                Screen.safe(letter.path("reason").asText())));
        table.print(out);
        return 0;
    }

    @Command(name = "inspect", description = "Shows all of a dead letter, as JSON.", mixinStandardHelpOptions = true)
    int inspect(
            @Mixin ClusterOptions options,
            @Parameters(paramLabel = "P/NUMBER", description = "As dead-letters lists it.") String letter)
            throws JsonProcessingException {
        Place place = Place.of(letter);
        JsonNode found = options.nodes()
                .getFirst()
                .api()
                .deadLetters(place.partition(), Math.max(0, place.number() - 1), 1)
                .path("letters")
                .path(0);
        if (found.path("number").asLong() != place.number()) {
            throw CommandFailed.mistake("there is no dead letter " + letter + ".");
        }
        spec.commandLine().getOut().println(JSON.writeValueAsString(found));
        return 0;
    }

    @Command(name = "retry", description = "Hands dead letters to the outbox again.", mixinStandardHelpOptions = true)
    int retry(
            @Mixin ClusterOptions options,
            @Parameters(arity = "0..1", paramLabel = "P/NUMBER", description = "One letter.") Optional<String> letter,
            @Option(names = "--all", description = "All letters.") boolean all,
            @Option(names = "--yes", description = "Does not ask.") boolean yes) {
        return each(
                options,
                letter,
                all,
                yes,
                "Retry",
                (api, place) -> api.retryDeadLetter(place.partition(), place.number()));
    }

    @Command(name = "drop", description = "Gives dead letters up for good.", mixinStandardHelpOptions = true)
    int drop(
            @Mixin ClusterOptions options,
            @Parameters(arity = "0..1", paramLabel = "P/NUMBER", description = "One letter.") Optional<String> letter,
            @Option(names = "--all", description = "All letters.") boolean all,
            @Option(names = "--yes", description = "Does not ask.") boolean yes) {
        return each(
                options,
                letter,
                all,
                yes,
                "Drop",
                (api, place) -> api.dropDeadLetter(place.partition(), place.number()));
    }

    private int each(
            ClusterOptions options, Optional<String> letter, boolean all, boolean yes, String what, Action action) {
        if (letter.isPresent() == all) {
            throw CommandFailed.mistake("say which letter, P/NUMBER, or --all.");
        }
        List<ClusterOptions.Node> nodes = options.nodes();
        List<Place> places = letter.isPresent()
                ? List.of(Place.of(letter.get()))
                : letters(nodes, Optional.empty()).stream()
                        .map(found -> Place.of(place(found)))
                        .toList();
        if (all && !places.isEmpty() && !yes) {
            Confirm.require("%s %d dead letters?".formatted(what, places.size()));
        }
        for (Place place : places) {
            action.on(nodes.getFirst().api(), place);
        }
        spec.commandLine().getOut().printf("%s: %d%n", what.equals("Drop") ? "dropped" : "retried", places.size());
        return 0;
    }

    private static List<JsonNode> letters(List<ClusterOptions.Node> nodes, Optional<Integer> only) {
        AdminApi api = nodes.getFirst().api();
        List<JsonNode> letters = new ArrayList<>();
        if (only.isPresent()) {
            addLetters(api, only.get(), letters::add);
        } else {
            for (int partition = 0; partition < partitions(nodes); partition++) {
                addLetters(api, partition, letters::add);
            }
        }
        return letters;
    }

    private static void addLetters(AdminApi api, int partition, Consumer<JsonNode> letters) {
        long after = 0;
        JsonNode page;
        do {
            page = api.deadLetters(partition, after, PAGE);
            for (JsonNode letter : page.path("letters")) {
                after = letter.path("number").asLong();
                letters.accept(((ObjectNode) letter).put("partition", partition));
            }
        } while (page.path("more").asBoolean());
    }

    private static int partitions(List<ClusterOptions.Node> nodes) {
        return nodes.getFirst().status().path("cluster").path("partitions").asInt();
    }

    private static String place(JsonNode letter) {
        return letter.path("partition").asInt() + "/" + letter.path("number").asLong();
    }

    private interface Action {
        void on(AdminApi api, Place place);
    }

    private record Place(int partition, long number) {
        static Place of(String text) {
            Matcher parts = PLACE.matcher(text);
            if (!parts.matches()) {
                throw CommandFailed.mistake("a dead letter is named P/NUMBER, such as 3/17, not \"" + text + "\".");
            }
            return new Place(Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2)));
        }
    }
}
