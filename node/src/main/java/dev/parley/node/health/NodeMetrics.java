package dev.parley.node.health;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's figures, printed in Prometheus's text form. One per node. Thread-safe.
///
/// Names begin with `parley_` and tell the unit; each has a row in docs/runbook/metrics.md. A label's values
/// are
/// an enum or the node's groups: never a user, a conversation or anything else that grows with use.
public final class NodeMetrics {
    public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final Logger LOG = LoggerFactory.getLogger(NodeMetrics.class);

    /// From a millisecond to the longest deadline that a configuration may set.
    private static final double[] SECONDS_BOUNDS = {
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300
    };

    private static final double NANOS_PER_SECOND = 1e9;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final List<String> names = new CopyOnWriteArrayList<>();

    /// Adds a figure that is asked for at each printing.
    public void gauge(String name, String help, DoubleSupplier value) {
        register(name, builder(name, help).callback(guarded(name, callback -> callback.call(value.getAsDouble()))));
    }

    /// Adds a figure for each of a bounded set of things.
    ///
    /// @param values by the label's value
    public void gauge(String name, String help, String label, Supplier<Map<String, Double>> values) {
        register(
                name,
                builder(name, help)
                        .labelNames(label)
                        .callback(guarded(
                                name,
                                callback -> values.get().forEach((thing, value) -> callback.call(value, thing)))));
    }

    /// Adds a count that only grows and is asked for at each printing.
    ///
    /// @param name without the ending `_total`, which is printed
    public void count(String name, String help, DoubleSupplier value) {
        names.add(name + "_total");
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(guarded(name, callback -> callback.call(value.getAsDouble())))
                .register(registry);
    }

    /// Adds a count that only grows and is asked for at each printing, for each of a bounded set of things.
    ///
    /// @param name without the ending `_total`, which is printed
    /// @param values by the label's value
    public void count(String name, String help, String label, Supplier<Map<String, Double>> values) {
        names.add(name + "_total");
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(guarded(
                        name, callback -> values.get().forEach((thing, value) -> callback.call(value, thing))))
                .register(registry);
    }

    /// Adds a count that only grows, split by an enum; every case is printed from the start, with 0.
    ///
    /// @param name without the ending `_total`, which is printed
    public <E extends Enum<E>> Count<E> count(String name, String help, String label, Class<E> cases) {
        names.add(name + "_total");
        Counter counter = Counter.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .withoutExemplars()
                .register(registry);
        for (E each : cases.getEnumConstants()) {
            counter.initLabelValues(labelValue(each));
        }
        return new Count<>(counter);
    }

    /// Adds a count that only grows, split by two enums; every pair is printed from the start, with 0.
    ///
    /// @param name without the ending `_total`, which is printed
    /// @param labels for the first enum, and for the second
    public <A extends Enum<A>, B extends Enum<B>> PairCount<A, B> count(
            String name, String help, List<String> labels, Class<A> first, Class<B> second) {
        names.add(name + "_total");
        Counter counter = Counter.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .withoutExemplars()
                .register(registry);
        for (A one : first.getEnumConstants()) {
            for (B other : second.getEnumConstants()) {
                counter.initLabelValues(labelValue(one), labelValue(other));
            }
        }
        return new PairCount<>(counter);
    }

    /// Adds a distribution of how long something took.
    public Durations durations(String name, String help) {
        names.add(name);
        return new Durations(histogram(name, help).register(registry));
    }

    /// Adds a distribution of how long something took, split by an enum.
    public <E extends Enum<E>> CaseDurations<E> durations(String name, String help, String label, Class<E> cases) {
        names.add(name);
        Histogram histogram = histogram(name, help).labelNames(label).register(registry);
        for (E each : cases.getEnumConstants()) {
            histogram.initLabelValues(labelValue(each));
        }
        return new CaseDurations<>(histogram);
    }

    /// All figures as they are now.
    public byte[] print() {
        ByteArrayOutputStream text = new ByteArrayOutputStream(16 * 1024);
        try {
            PrometheusTextFormatWriter.create().write(text, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new UncheckedIOException("a stream in memory cannot fail", e);
        }
        return text.toByteArray();
    }

    /// The names that were added, as they are printed.
    public List<String> names() {
        return List.copyOf(names);
    }

    private static Histogram.Builder histogram(String name, String help) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .classicOnly()
                .classicUpperBounds(SECONDS_BOUNDS)
                .withoutExemplars();
    }

    private static GaugeWithCallback.Builder builder(String name, String help) {
        return GaugeWithCallback.builder().name(name).help(help);
    }

    private void register(String name, GaugeWithCallback.Builder builder) {
        names.add(name);
        builder.register(registry);
    }

    /// A figure that cannot be had is left out, once with a line in the log at each printing; the others are
    /// printed.
    private static <C> Consumer<C> guarded(String name, Consumer<C> figure) {
        return callback -> {
            try {
                figure.accept(callback);
            } catch (RuntimeException e) {
                LOG.warn("metric not available: metric={}", name, e);
            }
        };
    }

    private static String labelValue(Enum<?> each) {
        return each.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// A count that only grows, split by an enum.
    public static final class Count<E extends Enum<E>> {
        private final Counter counter;

        private Count(Counter counter) {
            this.counter = counter;
        }

        public void add(E which) {
            counter.labelValues(labelValue(which)).inc();
        }
    }

    /// A count that only grows, split by two enums.
    public static final class PairCount<A extends Enum<A>, B extends Enum<B>> {
        private final Counter counter;

        private PairCount(Counter counter) {
            this.counter = counter;
        }

        public void add(A first, B second) {
            counter.labelValues(labelValue(first), labelValue(second)).inc();
        }
    }

    /// A distribution of how long something took.
    public static final class Durations {
        private final Histogram histogram;

        private Durations(Histogram histogram) {
            this.histogram = histogram;
        }

        public void add(Duration took) {
            histogram.observe(took.toNanos() / NANOS_PER_SECOND);
        }
    }

    /// A distribution of how long something took, split by an enum.
    public static final class CaseDurations<E extends Enum<E>> {
        private final Histogram histogram;

        private CaseDurations(Histogram histogram) {
            this.histogram = histogram;
        }

        public void add(E which, Duration took) {
            histogram.labelValues(labelValue(which)).observe(took.toNanos() / NANOS_PER_SECOND);
        }
    }
}
