package dev.parley.node.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.node.health.TrafficMetrics.SendOutcome;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushResult;
import dev.parley.node.tls.KeyWatch;
import dev.parley.node.tls.Refusal;
import dev.parley.node.tls.Refusals;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.GroupStatus.Follower;
import dev.parley.raftstorage.GroupStatus.Role;
import dev.parley.raftstorage.GroupStatus.State;
import dev.parley.raftstorage.NodeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeMetricsTest {
    private static final Path RUNBOOK = Path.of("..", "docs", "runbook", "metrics.md");

    @TempDir
    private Path folder;

    private final NodeMetrics metrics = new NodeMetrics();
    private TrafficMetrics traffic = new TrafficMetrics(new NodeMetrics(), () -> 0);
    private PushMetrics push = new PushMetrics(new NodeMetrics());

    @BeforeEach
    void register_all_figures() {
        ProcessMetrics.register(metrics, new Readiness(), folder);
        GroupMetrics.register(metrics, () -> List.of(leading()));
        GroupMetrics.registerOutbox(
                metrics, () -> Map.of("p-000", 3.0), () -> Map.of("p-000", 7.0), () -> Map.of("p-000", 1.0));
        NoticeMetrics.registerPresence(metrics, () -> 5);
        GroupMetrics.registerPushes(metrics, () -> Map.of("p-000", 3.0));
        GroupMetrics.registerDiverged(metrics, () -> Map.of("p-000", 1.0));
        TrafficMetrics.registerQueues(metrics, () -> 4_096);
        TrafficMetrics.registerDeliveries(metrics, () -> 9);
        GroupMetrics.registerUnreadable(metrics, () -> Map.of("p-000", 2.0));
        TlsMetrics tls = new TlsMetrics(metrics, () -> Map.of("cluster", 2e9));
        tls.refused(Refusals.Port.RAFT, Refusal.STRANGER);
        tls.reloaded(KeyWatch.Result.LOADED);
        new NoticeMetrics(metrics).dropped(NoticeMetrics.Kind.TYPING);
        traffic = new TrafficMetrics(metrics, () -> 7);
        push = new PushMetrics(metrics);
    }

    @Test
    void every_metric_has_a_row_in_the_runbook_and_no_row_is_left_over() throws IOException {
        List<String> rows = Pattern.compile("(?m)^\\| `(parley_[a-z_]+)`")
                .matcher(Files.readString(RUNBOOK))
                .results()
                .map(row -> row.group(1))
                .toList();

        assertThat(rows).containsExactlyInAnyOrderElementsOf(metrics.names());
    }

    @Test
    void every_metric_is_printed_under_its_name() {
        String text = print();

        assertThat(metrics.names()).allSatisfy(name -> assertThat(text).contains("# TYPE " + name + " "));
        assertThat(text).contains("parley_deliveries_total 9.0\n", "parley_cpu_seconds_total ");
        assertThat(text).contains("parley_notices_dropped_total{kind=\"typing\"} 1.0\n", "parley_presence_users 5.0\n");
        assertThat(text)
                .contains("parley_ready 1.0\n", "parley_sessions 7.0\n", "parley_session_queued_bytes 4096.0\n");
    }

    @Test
    void groups_are_told_apart_by_a_label() {
        assertThat(print())
                .contains(
                        "parley_group_leading{group=\"p-000\"} 1.0\n",
                        "parley_outbox_unreadable_total{group=\"p-000\"} 2.0\n",
                        "parley_group_unflushed_entries{group=\"p-000\"} 60.0\n",
                        "parley_group_follower_lag_entries{group=\"p-000\"} 90.0\n",
                        "parley_group_follower_silent_seconds{group=\"p-000\"} 12.5\n");
    }

    @Test
    void counts_begin_with_zero_and_grow_by_case() {
        assertThat(print()).contains("parley_sends_total{outcome=\"duplicate\"} 0.0\n");

        traffic.sendAnswered(SendOutcome.DUPLICATE, Duration.ofMillis(3));
        traffic.sendAnswered(SendOutcome.DUPLICATE, Duration.ofMillis(7));

        assertThat(print())
                .contains(
                        "parley_sends_total{outcome=\"duplicate\"} 2.0\n",
                        "parley_send_seconds_bucket{le=\"0.005\"} 1\n",
                        "parley_send_seconds_count 2\n");
    }

    @Test
    void refused_certificates_are_told_apart_by_port_and_reason() {
        assertThat(print())
                .contains(
                        "parley_tls_refused_total{port=\"raft\",reason=\"stranger\"} 1.0\n",
                        "parley_tls_refused_total{port=\"peer\",reason=\"revoked\"} 0.0\n",
                        "parley_tls_reloads_total{result=\"loaded\"} 1.0\n",
                        "parley_tls_certificate_expires_seconds{use=\"cluster\"} 2.0E9\n");
    }

    @Test
    void answers_of_push_providers_are_told_apart_by_provider_and_result() {
        push.answered(ProviderKind.FCM, new PushResult.Gone("fcm answered 404"), Duration.ofMillis(70));

        assertThat(print())
                .contains(
                        "parley_push_answers_total{provider=\"fcm\",result=\"gone\"} 1.0\n",
                        "parley_push_answers_total{provider=\"apns\",result=\"retry\"} 0.0\n",
                        "parley_push_seconds_bucket{provider=\"fcm\",le=\"0.05\"} 0\n",
                        "parley_push_seconds_bucket{provider=\"fcm\",le=\"0.1\"} 1\n",
                        "parley_push_seconds_count{provider=\"webpush\"} 0\n");
    }

    @Test
    void a_figure_that_fails_is_left_out_and_the_others_are_printed() {
        metrics.gauge("parley_broken", "Always fails.", () -> {
            throw new IllegalStateException("bug");
        });

        assertThat(print()).contains("parley_sessions 7.0\n").doesNotContain("parley_broken ");
    }

    private String print() {
        return new String(metrics.print(), StandardCharsets.UTF_8);
    }

    private static GroupStatus leading() {
        NodeId self = new NodeId("n1");
        return new GroupStatus(
                new GroupId("p-000"),
                State.RUNNING,
                "",
                Role.LEADER,
                true,
                3,
                Optional.of(self),
                List.of(self, new NodeId("n2"), new NodeId("n3")),
                100,
                100,
                40,
                List.of(new Follower(new NodeId("n2"), 99, 20), new Follower(new NodeId("n3"), 10, 12_500)));
    }
}
