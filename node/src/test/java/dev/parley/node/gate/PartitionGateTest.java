package dev.parley.node.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.Refusal;
import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.placement.Placement;
import dev.parley.protocol.ErrorCode;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.SubmitOutcome;
import dev.parley.raftstorage.memory.MemoryGroups;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartitionGateTest {

    private static final NodeId SELF = new NodeId("n1");
    private static final NodeId OTHER = new NodeId("n2");
    private static final NodeId THIRD = new NodeId("n3");
    private static final GroupId GROUP = Partitioning.group(0);

    private final LeaderBoard leaders = new LeaderBoard(SELF);
    private final ScriptedPeers peers = new ScriptedPeers();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    @Test
    void commands_reach_the_leader_in_order_and_each_gets_its_own_answer() throws Exception {
        PartitionGate gate = gate(Duration.ofSeconds(10));
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);

        List<CompletableFuture<ChatAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(gate.submit(post("text " + i)));
        }

        for (int i = 0; i < 500; i++) {
            assertThat(answers.get(i).get(10, TimeUnit.SECONDS))
                    .isEqualTo(new ChatAnswer.MessagePosted("text " + i, i + 1, 0, false));
        }
        assertThat(peers.batches).hasSizeLessThan(500);
    }

    @Test
    void an_unsure_batch_is_sent_again_unchanged_before_anything_later() throws Exception {
        PartitionGate gate = gate(Duration.ofSeconds(10));
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);
        peers.script.add(new SubmitOutcome.Unknown<>("the leader died"));
        peers.script.add(new SubmitOutcome.Unavailable<>(SubmitOutcome.Cause.NOT_READY, "elected just now"));

        CompletableFuture<ChatAnswer> first = gate.submit(post("first"));
        CompletableFuture<ChatAnswer> second = gate.submit(post("second"));

        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(new ChatAnswer.MessagePosted("first", 1, 0, false));
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(new ChatAnswer.MessagePosted("second", 2, 0, false));
        assertThat(peers.batches.get(0)).isEqualTo(peers.batches.get(1)).isEqualTo(peers.batches.get(2));
    }

    @Test
    void a_hint_about_the_leader_is_followed() throws Exception {
        PartitionGate gate = gate(Duration.ofSeconds(10));
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);
        peers.script.add(new SubmitOutcome.NotLeader<>(Optional.of(THIRD)));

        assertThat(gate.submit(post("hello")).get(10, TimeUnit.SECONDS)).isInstanceOf(ChatAnswer.MessagePosted.class);
        assertThat(peers.targets).containsExactly(OTHER, THIRD);
    }

    @Test
    void without_a_leader_nothing_happened_and_the_error_says_so() {
        PartitionGate gate = gate(Duration.ofMillis(300));
        for (int i = 0; i < 100; i++) {
            peers.script.add(new SubmitOutcome.NotLeader<>(Optional.empty()));
        }

        assertThatThrownBy(() -> gate.submit(post("hello")).get(10, TimeUnit.SECONDS))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.NO_LEADER));
        assertThat(ErrorCode.NO_LEADER.effect()).isEqualTo(ErrorCode.Effect.NONE);
    }

    @Test
    void an_unsure_command_past_its_deadline_is_reported_as_unknown() {
        PartitionGate gate = gate(Duration.ofMillis(300));
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);
        for (int i = 0; i < 100; i++) {
            peers.script.add(new SubmitOutcome.Unknown<>("no answer"));
        }

        assertThatThrownBy(() -> gate.submit(post("hello")).get(10, TimeUnit.SECONDS))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.OUTCOME_UNKNOWN));
    }

    @Test
    void a_refusal_after_an_unsure_try_is_not_passed_off_as_nothing_happened() {
        PartitionGate gate = gate(Duration.ofSeconds(10));
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);
        peers.script.add(new SubmitOutcome.Unknown<>("no answer"));
        peers.script.add(new SubmitOutcome.Applied<>(
                List.of(new ChatAnswer.Refused(Refusal.NOT_A_MEMBER, "alice is not a member")), 7));

        assertThatThrownBy(() -> gate.submit(new ChatCommand.RemoveMember("c_1", "alice", "alice"))
                        .get(10, TimeUnit.SECONDS))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.OUTCOME_UNKNOWN));
    }

    @Test
    void a_leader_that_stays_overloaded_is_reported_as_overloaded() {
        PartitionGate gate = gate(Duration.ofMillis(300));
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);
        for (int i = 0; i < 100; i++) {
            peers.script.add(new SubmitOutcome.Unavailable<>(SubmitOutcome.Cause.OVERLOADED, "16 MB are pending"));
        }

        assertThatThrownBy(() -> gate.submit(post("hello")).get(10, TimeUnit.SECONDS))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.OVERLOADED));
    }

    @Test
    void a_full_disk_at_the_leader_is_said_at_once() {
        PartitionGate gate = gate(Duration.ofSeconds(60));
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);
        peers.script.add(new SubmitOutcome.Unavailable<>(SubmitOutcome.Cause.DISK_LOW, "1 % free"));

        assertThatThrownBy(() -> gate.submit(post("hello")).get(10, TimeUnit.SECONDS))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.DISK_LOW));
    }

    @Test
    void a_lane_that_is_full_says_overloaded() {
        PartitionGate gate = gate(Duration.ofSeconds(1));
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);
        peers.stuck = true;
        String large = "x".repeat(4_000);

        List<CompletableFuture<ChatAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            answers.add(gate.submit(post(large)));
        }

        assertThatThrownBy(() -> answers.getLast().get(1, TimeUnit.SECONDS))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.OVERLOADED));
    }

    @Test
    void a_closed_gate_answers_draining() {
        PartitionGate gate = gate(Duration.ofSeconds(10));
        gate.close();

        assertThatThrownBy(() -> gate.submit(post("hello")).get(10, TimeUnit.SECONDS))
                .satisfies(e -> assertThat(code(e)).isEqualTo(ErrorCode.DRAINING));
    }

    @Test
    void a_query_finds_the_leader_by_hint_and_waits_while_there_is_none() throws Exception {
        PartitionGate gate = gate(Duration.ofSeconds(10));

        CompletableFuture<QueryAnswer> answer = gate.ask(new ChatQuery.Account("alice"));
        peers.queryLeader = THIRD;
        leaders.leadershipChanged(GROUP, 1, Optional.of(OTHER), false);

        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(ScriptedPeers.NOBODY);
    }

    private static ErrorCode code(Throwable e) {
        if (e instanceof ExecutionException && e.getCause() instanceof GateException gate) {
            return gate.code();
        }
        throw new AssertionError("expected a GateException", e);
    }

    private static ChatCommand post(String text) {
        return new ChatCommand.PostMessage("c_1", "alice", "dev_a", "id", text);
    }

    private PartitionGate gate(Duration deadline) {
        MemoryGroups<ChatAnswer> none = MemoryGroups.single(_ -> new NoMachine(), List.of(GROUP));
        var executor = Executors.newVirtualThreadPerTaskExecutor();
        PartitionGate gate = new PartitionGate(
                new PartitionGate.Route(
                        SELF,
                        new Placement(new Partitioning(1), List.of(SELF, OTHER, THIRD), 3),
                        leaders,
                        new LocalReplicas(none, (_, _) -> ScriptedPeers.NOBODY),
                        peers,
                        deadline),
                command -> command instanceof ChatCommand.PostMessage post
                        ? post.text().getBytes(StandardCharsets.UTF_8)
                        : new byte[0],
                executor);
        opened.add(gate);
        opened.add(executor);
        return gate;
    }

    /// Other nodes: outcomes as scripted, then one answer per command with the next sequence number.
    private static final class ScriptedPeers implements Peers {
        static final QueryAnswer NOBODY =
                new QueryAnswer.AccountState(false, 0, 0, List.of(), List.of(), List.of(), AccountSettings.DEFAULT);

        private final ArrayDeque<SubmitOutcome<ChatAnswer>> script = new ArrayDeque<>();
        private final List<List<String>> batches = new ArrayList<>();
        private final List<NodeId> targets = new ArrayList<>();
        private volatile NodeId queryLeader = OTHER;
        private volatile boolean stuck;
        private long seq;

        @Override
        public synchronized CompletableFuture<SubmitOutcome<ChatAnswer>> submit(
                NodeId node, GroupId group, List<byte[]> commands, Duration timeout) {
            List<String> texts = commands.stream()
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                    .toList();
            if (stuck) {
                return new CompletableFuture<>();
            }
            targets.add(node);
            batches.add(texts);
            SubmitOutcome<ChatAnswer> outcome = script.poll();
            if (outcome == null) {
                List<ChatAnswer> answers = new ArrayList<>();
                texts.forEach(text -> answers.add(new ChatAnswer.MessagePosted(text, ++seq, 0, false)));
                outcome = new SubmitOutcome.Applied<>(answers, seq);
            }
            return CompletableFuture.completedFuture(outcome);
        }

        @Override
        public CompletableFuture<ReadOutcome<QueryAnswer>> ask(
                NodeId node, GroupId group, ChatQuery query, Duration timeout) {
            return CompletableFuture.completedFuture(
                    node.equals(queryLeader)
                            ? new ReadOutcome.Done<>(NOBODY)
                            : new ReadOutcome.NotLeader<>(Optional.of(queryLeader)));
        }
    }
}
