package dev.parley.cli.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TopViewTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void rates_are_what_was_between_two_looks_by_the_second() throws IOException {
        TopView view = TopView.between(one(sample("n1", 0, 100, 0)), one(sample("n1", 2 * SECOND, 500, 0)));

        NodeRow node = view.nodes().getFirst();
        assertThat(node.sendsPerSecond()).isEqualTo(200);
        assertThat(node.sessions()).isEqualTo(7);
        assertThat(node.leads()).isEqualTo(1);
        assertThat(node.heapPercent()).isEqualTo(25);
        assertThat(view.groups().getFirst().entriesPerSecond()).isEqualTo(200);
        assertThat(view.groups().getFirst().leader()).contains("n1");
    }

    @Test
    void a_process_that_began_anew_counts_from_nothing() throws IOException {
        TopView view = TopView.between(one(sample("n1", 0, 1_000, 0)), one(sample("n1", 2 * SECOND, 20, 0)));

        assertThat(view.nodes().getFirst().sendsPerSecond()).isEqualTo(10);
    }

    @Test
    void quantiles_are_of_what_came_in_between() throws IOException {
        TopView view = TopView.between(one(sample("n1", 0, 0, 0)), one(sample("n1", SECOND, 0, 100)));

        // 90 of 100 lie between 0.002 and 0.005 s, the others between 0.005 and 0.01 s.
        assertThat(view.nodes().getFirst().ackMillis50().orElseThrow()).isCloseTo(3.67, within(0.01));
        assertThat(view.nodes().getFirst().ackMillis99().orElseThrow()).isCloseTo(9.5, within(0.01));
    }

    @Test
    void without_answers_there_is_no_quantile() throws IOException {
        TopView view = TopView.between(one(sample("n1", 0, 0, 100)), one(sample("n1", SECOND, 0, 100)));

        assertThat(view.nodes().getFirst().ackMillis99()).isEmpty();
        assertThat(view.lines(10).get(1)).contains(" - ");
    }

    @Test
    void what_is_above_the_last_bound_counts_as_that() {
        assertThat(Quantile.of(0.99, new TreeMap<>(Map.of(1.0, 5.0, Double.POSITIVE_INFINITY, 100.0))))
                .isEqualTo(OptionalDouble.of(1.0));
    }

    @Test
    void a_node_that_does_not_answer_is_shown_and_groups_without_a_leader_come_first() throws IOException {
        NodeSample follower = new NodeSample(
                "n2",
                0,
                status("n2"),
                MetricsText.parse(
                        "parley_group_leading{group=\"p-000\"} 0.0\nparley_group_leading{group=\"p-001\"} 0.0\n"));
        Map<String, NodeSample> both = new TreeMap<>(one(sample("n1", 0, 0, 0)));
        both.put("n2", follower);

        TopView view = TopView.between(both, both);

        assertThat(view.silent()).containsExactly("n3");
        assertThat(view.healthy()).isFalse();
        assertThat(view.lines(10)).anyMatch(line -> line.startsWith("n3") && line.contains("no answer"));
        assertThat(view.lines(1)).last().isEqualTo("… and 1 more");
        assertThat(view.lines(1)).anyMatch(line -> line.startsWith("p-001") && line.contains("no leader"));
    }

    @Test
    void programs_get_the_same_figures() throws IOException {
        JsonNode json = TopView.between(one(sample("n1", 0, 0, 0)), one(sample("n1", SECOND, 50, 0)))
                .json();

        assertThat(json.at("/nodes/0/sendsPerSecond").asDouble()).isEqualTo(50);
        assertThat(json.at("/nodes/0/ackMillis50").isMissingNode()).isTrue();
        assertThat(json.at("/groups/0/leader").asText()).isEqualTo("n1");
        assertThat(json.at("/silent").toString()).isEqualTo("[\"n2\",\"n3\"]");
    }

    @Test
    void labels_with_commas_and_quotes_and_lines_of_another_form_are_read_over() {
        MetricsText metrics = MetricsText.parse("""
            # HELP x_total Something.
            x_total{a="1,\\"2\\"",b="3"} 4.5 1700000000
            x_total{a="5",b="3"} 1.5
            this is no sample
            y NaN
            """);

        assertThat(metrics.sum("x_total")).isEqualTo(6);
        assertThat(metrics.sum("x_total", "a", "5")).isEqualTo(1.5);
        assertThat(metrics.by("x_total", "b")).containsEntry("3", 6.0);
        assertThat(metrics.has("z")).isFalse();
    }

    private static Map<String, NodeSample> one(NodeSample sample) {
        return new TreeMap<>(Map.of(sample.id(), sample));
    }

    private static NodeSample sample(String id, long nanos, long sends, long answers) throws IOException {
        return new NodeSample(
                id, nanos, status(id), MetricsText.parse("""
                    parley_sends_total{outcome="accepted"} %1$d.0
                    parley_sends_total{outcome="unknown"} 0.0
                    parley_send_seconds_bucket{le="0.002"} 0
                    parley_send_seconds_bucket{le="0.005"} %2$d
                    parley_send_seconds_bucket{le="0.01"} %3$d
                    parley_send_seconds_bucket{le="+Inf"} %3$d
                    parley_sessions 7.0
                    parley_heap_used_bytes 256.0
                    parley_heap_max_bytes 1024.0
                    parley_group_leading{group="p-000"} 1.0
                    parley_group_commit_index{group="p-000"} %1$d.0
                    """.formatted(sends, answers * 9 / 10, answers)));
    }

    private static JsonNode status(String id) throws IOException {
        return new JsonMapper().readTree("""
            {"cluster": {"name": "test", "nodes": [{"id": "n1"}, {"id": "n2"}, {"id": "n3"}]},
             "node": {"id": "%s", "ready": true, "reasons": []}}
            """.formatted(id));
    }
}
