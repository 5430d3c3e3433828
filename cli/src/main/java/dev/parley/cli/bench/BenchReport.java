package dev.parley.cli.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.cli.Table;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// What a run came to, as a table for people and as JSON for programs.
record BenchReport(BenchPlan plan, BenchRun.Measured measured, Meters meters, Findings findings, List<Room> rooms) {

    private static final ObjectMapper JSON = new ObjectMapper();

    private double perSecond(Histogram histogram) {
        return histogram.getTotalCount() * 1e9 / measured.time().toNanos();
    }

    private static double millis(Histogram histogram, double percentile) {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1_000.0;
    }

    private Map<String, Integer> refusals() {
        Map<String, Integer> all = new TreeMap<>();
        authors().forEach(author -> author.refusals().forEach((code, count) -> all.merge(code, count, Integer::sum)));
        return all;
    }

    private Stream<Author> authors() {
        return rooms.stream().flatMap(room -> room.authors().stream());
    }

    private long sent() {
        return authors().mapToLong(author -> author.log().size()).sum();
    }

    void print(PrintWriter out) {
        Histogram acks = meters.ackTotal();
        Histogram deliveries = meters.deliveryTotal();
        Table table = new Table("", "PER SECOND", "P50 MS", "P99 MS", "P99.9 MS", "MAX MS");
        table.row("acknowledged", number(perSecond(acks)), ms(acks, 50), ms(acks, 99), ms(acks, 99.9), ms(acks, 100));
        table.row(
                "delivered",
                number(perSecond(deliveries)),
                ms(deliveries, 50),
                ms(deliveries, 99),
                ms(deliveries, 99.9),
                ms(deliveries, 100));
        Histogram lasts = meters.lastTotal();
        if (lasts.getTotalCount() > 0) {
            table.row(
                    "delivered to the last of a group",
                    number(perSecond(lasts)),
                    ms(lasts, 50),
                    ms(lasts, 99),
                    ms(lasts, 99.9),
                    ms(lasts, 100));
        }
        table.print(out);
        out.println();
        Table checks = new Table("CHECK", "COUNT");
        checks.row("errors", Long.toString(meters.errors.sum()));
        checks.row("lost", Long.toString(findings.lost()));
        checks.row("duplicated", Long.toString(findings.duplicated()));
        checks.row("out of order", Long.toString(findings.outOfOrder()));
        checks.row("phantoms", Long.toString(findings.phantoms()));
        checks.row("sent", Long.toString(sent()));
        checks.row("read back", Long.toString(findings.read()));
        checks.row("longest time without an acknowledgement, ms", Long.toString(meters.maxGapMillis()));
        checks.row("reconnects", Long.toString(meters.reconnects.sum()));
        checks.row("sent again", Long.toString(meters.resends.sum()));
        checks.print(out);
        measured.servers().ifPresent(servers -> {
            out.println();
            Table used = new Table("USED BY THE NODES", "");
            used.row(
                    "CPU seconds per 100,000 acknowledged",
                    number1(servers.cpuSeconds() * 1e5 / Math.max(1, acks.getTotalCount())));
            used.row(
                    "CPU, cores",
                    number1(servers.cpuSeconds() * 1e9 / measured.time().toNanos()));
            used.row("resident memory, MB", number(servers.residentBytes() / 1e6));
            used.print(out);
        });
        findings.examples().forEach(example -> out.println("  " + example));
        refusals().forEach((code, count) -> out.println("  refused with " + code + ": " + count));
    }

    String json() {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("acceptedPerSecond", rounded(perSecond(meters.ackTotal())));
        tree.put("deliveredPerSecond", rounded(perSecond(meters.deliveryTotal())));
        latencies(tree.putObject("ackMillis"), meters.ackTotal());
        latencies(tree.putObject("deliveryMillis"), meters.deliveryTotal());
        latencies(tree.putObject("lastOfGroupMillis"), meters.lastTotal());
        tree.put("errors", meters.errors.sum());
        tree.put("lost", findings.lost());
        tree.put("duplicated", findings.duplicated());
        tree.put("outOfOrder", findings.outOfOrder());
        tree.put("phantoms", findings.phantoms());
        tree.put("maxGapMillis", meters.maxGapMillis());
        counts(tree.putObject("counts"));
        config(tree.putObject("config"));
        findings.examples().forEach(tree.putArray("examples")::add);
        return tree.toPrettyString();
    }

    private void counts(ObjectNode counts) {
        counts.put("sent", sent());
        counts.put("readBack", findings.read());
        counts.put("unconfirmedButStored", findings.unconfirmed());
        counts.put("reconnects", meters.reconnects.sum());
        counts.put("sentAgain", meters.resends.sum());
        counts.put("redelivered", meters.redelivered.sum());
        counts.put("liveGaps", meters.liveGaps.sum());
        counts.put("clientCpuSeconds", rounded(measured.cpuSeconds()));
        measured.servers().ifPresent(servers -> {
            counts.put("serverCpuSeconds", rounded(servers.cpuSeconds()));
            counts.put("serverResidentBytes", servers.residentBytes());
        });
        ObjectNode refused = counts.putObject("refused");
        refusals().forEach(refused::put);
    }

    private void config(ObjectNode config) {
        plan.urls().stream().map(URI::toString).forEach(config.putArray("urls")::add);
        config.put("pairs", plan.shape().pairs());
        config.put("groups", plan.shape().groups());
        config.put("members", plan.shape().members());
        config.put("senders", plan.shape().senders());
        plan.window().ifPresent(window -> config.put("window", window));
        plan.rate().ifPresent(rate -> config.put("rate", rate));
        config.put("warmUpSeconds", plan.warmUp().toSeconds());
        config.put("durationSeconds", rounded(measured.time().toMillis() / 1e3));
        config.put("sendDeadlineSeconds", plan.sendDeadline().toSeconds());
        config.put("processors", Runtime.getRuntime().availableProcessors());
    }

    private static void latencies(ObjectNode target, Histogram histogram) {
        target.put("p50", millis(histogram, 50));
        target.put("p99", millis(histogram, 99));
        target.put("p999", millis(histogram, 99.9));
        target.put("max", millis(histogram, 100));
    }

    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }

    private static String number(double value) {
        return String.format(java.util.Locale.ROOT, "%,.0f", value);
    }

    private static String number1(double value) {
        return String.format(java.util.Locale.ROOT, "%,.1f", value);
    }

    private static String ms(Histogram histogram, double percentile) {
        return String.format(java.util.Locale.ROOT, "%.1f", millis(histogram, percentile));
    }
}
