package dev.parley.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The dashboard for Grafana shows the metrics that there are. The runbook has exactly those: the node's tests
/// hold it.
class DashboardTest {
    private static final Pattern METRIC = Pattern.compile("\\bparley_[a-z_]+");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(parley_[a-z_]+)` \\| (\\w+)");

    private JsonNode dashboard = new JsonMapper().createObjectNode();
    private String runbook = "";

    @BeforeEach
    void read() throws IOException {
        dashboard = new JsonMapper().readTree(RepositoryFiles.read(Path.of("config", "grafana", "parley.json")));
        runbook = RepositoryFiles.read(Path.of("docs", "runbook", "metrics.md"));
    }

    @Test
    void every_metric_that_is_drawn_exists_in_the_form_that_is_asked_for() {
        Set<String> printed = new TreeSet<>();
        ROW.matcher(runbook)
                .results()
                .forEach(
                        row -> printed.add(row.group(2).equals("histogram") ? row.group(1) + "_bucket" : row.group(1)));

        assertThat(printed).isNotEmpty().containsAll(drawn());
    }

    @Test
    void panels_have_ids_of_their_own_and_do_not_overlap() {
        Set<Integer> ids = new TreeSet<>();
        Set<String> cells = new TreeSet<>();
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt()))
                    .as(panel.path("title").asText())
                    .isTrue();
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isBetween(1, 24);
            for (int x = 0; x < place.path("w").asInt(); x++) {
                for (int y = 0; y < place.path("h").asInt(); y++) {
                    String cell = (place.path("x").asInt() + x) + "/"
                            + (place.path("y").asInt() + y);
                    assertThat(cells.add(cell)).as(panel.path("title").asText()).isTrue();
                }
            }
        }
        assertThat(ids).isNotEmpty();
    }

    @Test
    void the_data_source_and_the_nodes_are_chosen_by_the_one_who_looks() {
        assertThat(dashboard.at("/templating/list").findValuesAsText("name")).containsExactly("datasource", "instance");
        for (JsonNode panel : dashboard.path("panels")) {
            boolean row = panel.path("type").asText().equals("row");
            assertThat(row || panel.at("/datasource/uid").asText().equals("${datasource}"))
                    .as(panel.path("title").asText())
                    .isTrue();
            assertThat(row || !panel.path("description").asText().isEmpty()).isTrue();
        }
        assertThat(expressions()).isNotEmpty().allMatch(expression -> expression.contains("instance=~\"$instance\""));
    }

    @Test
    void every_expression_closes_what_it_opens() {
        assertThat(expressions()).allSatisfy(expression -> {
            for (String pair : List.of("()", "{}", "[]")) {
                long opened =
                        expression.chars().filter(c -> c == pair.charAt(0)).count();
                long closed =
                        expression.chars().filter(c -> c == pair.charAt(1)).count();
                assertThat(opened).isEqualTo(closed);
            }
        });
    }

    private Set<String> drawn() {
        return expressions().stream()
                .flatMap(expression -> METRIC.matcher(expression).results())
                .map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<String> expressions() {
        List<String> expressions = new ArrayList<>();
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                expressions.add(target.path("expr").asText());
            }
        }
        return expressions;
    }
}
