package dev.parley.node.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static final Rest.Settings AT_FIRST = new Rest.Settings("contacts", true, true, Optional.empty());

    private static EdgeFixture edge;

    @BeforeAll
    static void start() throws Exception {
        edge = EdgeFixture.start();
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void settings_are_shared_by_all_devices_which_change_only_what_they_name() throws Exception {
        String phone = edge.session("ann", "phone");
        String laptop = edge.session("ann", "laptop");
        Rest.QuietHours night = new Rest.QuietHours(LocalTime.of(22, 30), LocalTime.of(7, 0), "Europe/Berlin");

        assertThat(settings(edge.get("/v1/me/settings", phone))).isEqualTo(AT_FIRST);
        settings(patch(phone, "{\"readReceipts\":false,\"unheardOf\":[1]}"));
        settings(patch(laptop, "{\"quietHours\":{\"start\":\"22:30\",\"end\":\"07:00\",\"zone\":\"Europe/Berlin\"}}"));

        assertThat(settings(patch(phone, "{\"presenceVisibility\":\"nobody\",\"readReceipts\":null}")))
                .isEqualTo(new Rest.Settings("nobody", false, true, Optional.of(night)));
        assertThat(settings(patch(laptop, "{\"quietHours\":null}")))
                .isEqualTo(new Rest.Settings("nobody", false, true, Optional.empty()));
        assertThat(settings(edge.get("/v1/me/settings", edge.session("bob", "phone"))))
                .isEqualTo(AT_FIRST);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"readReceipts":"no"} | readReceipts
                    {"pushPreview":0} | pushPreview
                    {"presenceVisibility":"friends"} | presenceVisibility
                    {"quietHours":"night"} | quietHours
                    {"quietHours":{"start":"24:00","end":"07:00","zone":"UTC"}} | quietHours.start
                    {"quietHours":{"start":"7:00","end":"07:00","zone":"UTC"}} | quietHours.start
                    {"quietHours":{"start":"07:00","zone":"UTC"}} | quietHours.end
                    {"quietHours":{"start":"07:00","end":"07:00","zone":"UTC"}} | quietHours.end
                    {"quietHours":{"start":"22:00","end":"07:00","zone":"Europe/Atlantis"}} | quietHours.zone
                    {"quietHours":{"start":"22:00","end":"07:00","zone":"+01:00"}} | quietHours.zone
                    """)
    void a_setting_that_is_impossible_is_named_and_nothing_changes(String body, String field) throws Exception {
        String eve = edge.session("eve", "phone");

        HttpResponse<String> refused = patch(eve, body);

        assertThat(refused.statusCode()).isEqualTo(422);
        Problem problem = EdgeFixture.problem(refused);
        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_FIELD);
        assertThat(problem.errors()).extracting(Problem.FieldError::field).containsExactly(field);
        assertThat(settings(edge.get("/v1/me/settings", eve))).isEqualTo(AT_FIRST);
    }

    private static HttpResponse<String> patch(String token, String body) throws Exception {
        return edge.call("PATCH", "/v1/me/settings", token, body);
    }

    private static Rest.Settings settings(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return RestJson.decodeSettings(response.body().getBytes(StandardCharsets.UTF_8));
    }
}
