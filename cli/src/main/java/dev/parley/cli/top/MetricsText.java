package dev.parley.cli.top;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The figures of one node as `/metrics` prints them. What a node does not print is 0, for it may be older.
final class MetricsText {
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)(?: \\d+)?");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private record Sample(Map<String, String> labels, double value) {}

    private final Map<String, List<Sample>> samples = new HashMap<>();

    /// Reads the text form of Prometheus; lines of another form are passed over.
    static MetricsText parse(String text) {
        MetricsText metrics = new MetricsText();
        text.lines().filter(line -> !line.startsWith("#")).forEach(metrics::add);
        return metrics;
    }

    private void add(String line) {
        Matcher sample = SAMPLE.matcher(line);
        if (sample.matches()) {
            Map<String, String> labels = new HashMap<>();
            if (sample.group(2) != null) {
                LABEL.matcher(sample.group(2)).results().forEach(label -> labels.put(label.group(1), label.group(2)));
            }
            samples.computeIfAbsent(sample.group(1), _ -> new ArrayList<>())
                    .add(new Sample(labels, number(sample.group(3))));
        }
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> parsed(text);
        };
    }

    private static double parsed(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException _) {
            return Double.NaN; // no figure of ours
        }
    }

    boolean has(String name) {
        return samples.containsKey(name);
    }

    /// The sum over all labels.
    double sum(String name) {
        return all(name).stream().mapToDouble(Sample::value).sum();
    }

    /// The sum of those whose label has a value.
    double sum(String name, String label, String value) {
        return all(name).stream()
                .filter(sample -> value.equals(sample.labels().get(label)))
                .mapToDouble(Sample::value)
                .sum();
    }

    double max(String name) {
        return all(name).stream().mapToDouble(Sample::value).max().orElse(0);
    }

    /// By the value of a label.
    Map<String, Double> by(String name, String label) {
        Map<String, Double> values = new TreeMap<>();
        all(name).forEach(sample -> {
            String value = sample.labels().get(label);
            if (value != null) {
                values.merge(value, sample.value(), Double::sum);
            }
        });
        return values;
    }

    /// How many were at most so long, by the bound in seconds.
    Map<Double, Double> buckets(String histogram) {
        Map<Double, Double> buckets = new TreeMap<>();
        all(histogram + "_bucket").forEach(sample -> {
            String bound = sample.labels().get("le");
            if (bound != null) {
                buckets.merge(number(bound), sample.value(), Double::sum);
            }
        });
        return buckets;
    }

    private List<Sample> all(String name) {
        return samples.getOrDefault(name, List.of());
    }
}
