package dev.parley.node.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.Refusal;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.GateException;
import dev.parley.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MeasuredGateTest {
    private static final ChatCommand POST = new ChatCommand.PostMessage("c_1", "alice", "phone", "m1", "hello");

    private final NodeMetrics metrics = new NodeMetrics();
    private final TrafficMetrics traffic = new TrafficMetrics(metrics, () -> 0);
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void each_message_is_counted_by_its_answer() {
        List<CompletableFuture<ChatAnswer>> answers = List.of(
                CompletableFuture.completedFuture(new ChatAnswer.MessagePosted("m_1", 1, 0, false)),
                CompletableFuture.completedFuture(new ChatAnswer.MessagePosted("m_1", 1, 0, true)),
                CompletableFuture.completedFuture(new ChatAnswer.Refused(Refusal.NOT_A_MEMBER, "no")),
                CompletableFuture.failedFuture(new GateException(ErrorCode.NO_LEADER, "none")),
                CompletableFuture.failedFuture(new GateException(ErrorCode.OUTCOME_UNKNOWN, "lost")));

        assertThat(answers.stream().map(this::submit)).allMatch(CompletableFuture::isDone);

        assertThat(print())
                .contains(List.of("accepted", "duplicate", "refused", "unavailable", "unknown").stream()
                        .map("parley_sends_total{outcome=\"%s\"} 1.0\n"::formatted)
                        .toList());
    }

    @Test
    void the_time_runs_until_the_answer() {
        CompletableFuture<ChatAnswer> answer = new CompletableFuture<>();
        CompletableFuture<ChatAnswer> seen = submit(answer);
        nanos.addAndGet(150_000_000);

        answer.complete(new ChatAnswer.MessagePosted("m_1", 1, 0, false));

        assertThat(seen).isCompletedWithValue(new ChatAnswer.MessagePosted("m_1", 1, 0, false));
        assertThat(print()).contains("parley_send_seconds_sum 0.15\n");
    }

    @Test
    void other_commands_pass_uncounted() {
        ChatGate gate = gate(CompletableFuture.completedFuture(new ChatAnswer.Done()));

        assertThat(gate.submit(new ChatCommand.CreateUser("alice"))).isCompletedWithValue(new ChatAnswer.Done());
        assertThat(print()).contains("parley_send_seconds_count 0\n");
    }

    private CompletableFuture<ChatAnswer> submit(CompletableFuture<ChatAnswer> answer) {
        return gate(answer).submit(POST);
    }

    private ChatGate gate(CompletableFuture<ChatAnswer> answer) {
        return new MeasuredGate(
                new ChatGate() {
                    @Override
                    public CompletableFuture<ChatAnswer> submit(ChatCommand command) {
                        return answer;
                    }

                    @Override
                    public CompletableFuture<QueryAnswer> ask(ChatQuery query) {
                        throw new AssertionError("nothing is asked");
                    }
                },
                traffic,
                nanos::get);
    }

    private String print() {
        return new String(metrics.print(), StandardCharsets.UTF_8);
    }
}
