package dev.parley.node.scrub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import dev.parley.raftstorage.ReplicatedMachine;
import dev.parley.raftstorage.Stamp;
import dev.parley.raftstorage.memory.MemoryGroups;
import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Three replicas side by side, each given the same commands unless the test says otherwise.
class GroupCheckTest {
    private static final GroupId GROUP = new GroupId("p-001");
    private static final NodeId N1 = new NodeId("n1");
    private static final NodeId N2 = new NodeId("n2");
    private static final NodeId N3 = new NodeId("n3");

    private final Map<NodeId, MemoryGroups<String>> nodes = new TreeMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger asked = new AtomicInteger();

    GroupCheckTest() {
        for (NodeId node : List.of(N1, N2, N3)) {
            nodes.put(node, MemoryGroups.single(_ -> new RowMachine(), List.of(GROUP)));
        }
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        nodes.values().forEach(MemoryGroups::close);
    }

    @Test
    void replicas_with_the_same_rows_are_equal_however_small_the_ranges() throws Exception {
        everywhere(200);

        CheckResult whole = check(Long.MAX_VALUE);
        CheckResult parts = check(100);

        assertThat(whole.equal()).isTrue();
        assertThat(whole.compared()).containsExactly(N1, N2, N3);
        assertThat(whole.rows()).isEqualTo(600);
        assertThat(parts).isEqualTo(whole);
    }

    @Test
    void one_other_row_is_found_with_its_range_and_the_odd_replica() throws Exception {
        everywhere(100);
        write(N1, "key-050", "as it should be");
        write(N2, "key-050", "something else");
        write(N3, "key-050", "as it should be");
        everywhere(20);

        CheckResult result = check(200);

        assertThat(result.equal()).isFalse();
        assertThat(result.odd()).contains(N2);
        assertThat(result.next()).isEmpty();
        assertThat(result.differences()).hasSize(3).allSatisfy(difference -> {
            assertThat(difference.from().key()).isLessThanOrEqualTo(hex("key-050"));
            assertThat(difference.to().orElseThrow().key()).isGreaterThan(hex("key-050"));
        });
        assertThat(result.differences())
                .extracting(difference -> difference.from().family())
                .containsExactly(Family.values());
    }

    @Test
    void a_row_that_one_replica_lacks_is_a_difference() throws Exception {
        everywhere(10);
        write(N1, "key-003", "");
        write(N2, "key-003", "");
        write(N3, "key-003", "delete");

        assertThat(check(1 << 20).odd()).contains(N3);
    }

    @Test
    void two_replicas_that_differ_accuse_neither() throws Exception {
        everywhere(10);
        write(N1, "key-003", "one");
        write(N2, "key-003", "other");

        CheckResult result =
                new GroupCheck(this::ask, threads, GROUP, List.of(N1, N2)).run(TablePlace.FIRST, 1 << 20, _ -> true);

        assertThat(result.differences()).isNotEmpty();
        assertThat(result.odd()).isEmpty();
    }

    @Test
    void the_only_replica_of_a_group_is_read_and_differs_from_none() throws Exception {
        everywhere(10);

        CheckResult result =
                new GroupCheck(this::ask, threads, GROUP, List.of(N1)).run(TablePlace.FIRST, 1 << 20, _ -> true);

        assertThat(result.equal()).isTrue();
        assertThat(result.rows()).isEqualTo(30);
        assertThat(result.compared()).containsExactly(N1);
    }

    @Test
    void a_replica_that_is_down_is_named_and_the_others_are_compared() throws Exception {
        everywhere(10);
        replica(N2).close();

        CheckResult result = check(1 << 20);

        assertThat(result.equal()).isFalse();
        assertThat(result.silent()).containsExactly(N2);
        assertThat(result.compared()).containsExactly(N1, N3);
        assertThat(result.differences()).isEmpty();
    }

    @Test
    void a_check_that_is_stopped_says_where_to_go_on_and_the_parts_are_the_whole() throws Exception {
        everywhere(50);
        List<CheckResult> parts = new ArrayList<>();
        Optional<TablePlace> from = Optional.of(TablePlace.FIRST);
        while (from.isPresent()) {
            parts.add(new GroupCheck(this::ask, threads, GROUP, List.copyOf(nodes.keySet()))
                    .run(TablePlace.parse(from.get().toString()), 300, _ -> false));
            from = parts.getLast().next();
        }

        assertThat(parts).hasSizeGreaterThan(5).allMatch(CheckResult::equal);
        assertThat(parts.stream().mapToLong(CheckResult::rows).sum()).isEqualTo(150);
    }

    /// The replicas take entries while they are compared, and not all at the same moment.
    @Test
    void entries_that_come_meanwhile_are_no_difference() throws Exception {
        everywhere(100);

        CheckResult result = new GroupCheck(this::askWhileWriting, threads, GROUP, List.copyOf(nodes.keySet()))
                .run(TablePlace.FIRST, 400, _ -> true);

        assertThat(result.differences()).isEmpty();
        assertThat(asked.get()).isPositive();
    }

    private CheckResult check(long rangeBytes) throws InterruptedException {
        return new GroupCheck(this::ask, threads, GROUP, List.copyOf(nodes.keySet()))
                .run(TablePlace.FIRST, rangeBytes, _ -> true);
    }

    private DigestSource.Answer ask(NodeId node, DigestSource.Question question) {
        return new LocalDigests(replica(node)).ask(question);
    }

    private DigestSource.Answer askWhileWriting(NodeId node, DigestSource.Question question) {
        DigestSource.Answer answer = ask(node, question);
        int number = asked.incrementAndGet();
        if (number % 6 == 0) {
            everywhere(1);
        }
        return answer;
    }

    private synchronized void everywhere(int rows) {
        long from = replica(N1).status(GROUP).appliedIndex();
        for (NodeId node : nodes.keySet()) {
            for (int i = 0; i < rows; i++) {
                write(node, String.format(Locale.ROOT, "key-%03d", from + i), "value");
            }
        }
    }

    private void write(NodeId node, String key, String value) {
        byte[] command = (key + "=" + value).getBytes(StandardCharsets.UTF_8);
        var _ = replica(node).submit(GROUP, List.of(command)).join();
    }

    private MemoryGroups<String> replica(NodeId node) {
        return Objects.requireNonNull(nodes.get(node));
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    /// `key=value` puts a row into each family, `key=delete` takes it away.
    private static final class RowMachine implements ReplicatedMachine<String> {
        @Override
        public void opened(TableReader tables) {
            // It caches nothing.
        }

        @Override
        public List<String> apply(Stamp stamp, List<byte[]> commands, TableWriter tables) {
            for (byte[] command : commands) {
                String[] parts = new String(command, StandardCharsets.UTF_8).split("=", 2);
                byte[] key = parts[0].getBytes(StandardCharsets.UTF_8);
                for (Family family : Family.values()) {
                    if (parts[1].equals("delete")) {
                        tables.delete(family, key);
                    } else {
                        tables.put(family, key, parts[1].getBytes(StandardCharsets.UTF_8));
                    }
                }
            }
            return commands.stream().map(_ -> "").toList();
        }

        @Override
        public void written(Stamp stamp) {
            // It tells nobody.
        }
    }
}
