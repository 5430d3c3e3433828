package dev.parley.node.scrub;

import dev.parley.node.scrub.DigestSource.Answer;
import dev.parley.node.scrub.DigestSource.Question;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares all replicas of one group, range by range, each range at one log index of its own, so that nothing
/// is
/// held up or kept open for long. One pass, by one thread; blocks.
///
/// Under load the replicas are asked for an index that is still to come; in a group at rest for the present
/// one.
final class GroupCheck {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCheck.class);

    /// Tries to catch all replicas at one index before a range is given up.
    private static final int TRIES_MAX = 12;

    private static final long AHEAD_MAX = 20_000;

    private final DigestSource source;
    private final ExecutorService threads;
    private final GroupId group;
    private final List<NodeId> replicas;
    private final Set<NodeId> silent = new HashSet<>();
    private final List<CheckResult.Difference> differences = new ArrayList<>();
    private long ahead;
    private long applied;
    private long rows;
    private long bytes;

    /// Between two ranges.
    @FunctionalInterface
    interface Pace {
        /// Waits as long as that many bytes may take.
        ///
        /// @return false if the pass should end here
        boolean after(long bytes) throws InterruptedException;
    }

    /// @param threads on which the replicas are asked at once
    GroupCheck(DigestSource source, ExecutorService threads, GroupId group, List<NodeId> replicas) {
        this.source = source;
        this.threads = threads;
        this.group = group;
        this.replicas = List.copyOf(replicas);
    }

    /// Compares from a place on, to the end or until the pace says so.
    CheckResult run(TablePlace first, long rangeBytes, Pace pace) throws InterruptedException {
        Optional<TablePlace> from = Optional.of(first);
        String problem = "";
        boolean on = true;
        while (on && from.isPresent()) {
            Map<NodeId, RangeDigest> ranges = same(from.get(), rangeBytes);
            if (ranges.isEmpty()) {
                problem = "no two replicas could be read at one index";
                on = false;
            } else {
                from = compare(from.get(), ranges);
                on = pace.after(ranges.values().iterator().next().bytes() * ranges.size());
            }
        }
        List<NodeId> compared =
                replicas.stream().filter(node -> !silent.contains(node)).toList();
        return new CheckResult(group, compared, List.copyOf(silent), rows, bytes, differences, from, problem);
    }

    /// The range in all replicas that answer, at one index; empty if that cannot be had of two, or of the only
    /// one.
    private Map<NodeId, RangeDigest> same(TablePlace from, long rangeBytes) {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            long index = applied + ahead;
            Map<NodeId, Answer> answers = askAll(new Question(group, index, from, rangeBytes));
            Map<NodeId, RangeDigest> ranges = new TreeMap<>();
            long newest = -1;
            for (Map.Entry<NodeId, Answer> answer : answers.entrySet()) {
                switch (answer.getValue()) {
                    case Answer.At(RangeDigest range) -> ranges.put(answer.getKey(), range);
                    case Answer.Missed(long at, String reason) -> {
                        newest = Math.max(newest, at);
                        LOG.debug("replica missed index: group={} node={} reason={}", group, answer.getKey(), reason);
                    }
                    case Answer.Silent(String reason) -> {
                        silent.add(answer.getKey());
                        LOG.info("replica not compared: group={} node={} reason={}", group, answer.getKey(), reason);
                    }
                }
            }
            if (newest < 0) {
                return ranges.size() >= Math.min(2, replicas.size()) ? ranges : Map.of();
            }
            aim(index, newest);
        }
        return Map.of();
    }

    /// Chooses the next index: further ahead if the group was faster, the present one if it did not come so
    /// far.
    private void aim(long asked, long newest) {
        ahead = newest > asked ? Math.min(AHEAD_MAX, 2 * (newest - asked) + 8) : 0;
        if (applied == 0) {
            ahead = 0; // The first question was only to learn where the group is.
        }
        applied = newest;
    }

    private Map<NodeId, Answer> askAll(Question question) {
        Map<NodeId, CompletableFuture<Answer>> asked = new LinkedHashMap<>();
        for (NodeId node : replicas) {
            if (!silent.contains(node)) {
                asked.put(node, CompletableFuture.supplyAsync(() -> source.ask(node, question), threads));
            }
        }
        Map<NodeId, Answer> answers = new LinkedHashMap<>();
        asked.forEach((node, answer) -> answers.put(node, answer.join()));
        return answers;
    }

    /// @return where the next range begins
    private Optional<TablePlace> compare(TablePlace from, Map<NodeId, RangeDigest> ranges) {
        RangeDigest first = ranges.values().iterator().next();
        rows += first.rows();
        bytes += first.bytes();
        if (!ranges.values().stream().allMatch(first::equals)) {
            Map<NodeId, String> digests = new TreeMap<>();
            ranges.forEach((node, range) -> digests.put(node, range.digest()));
            if (differences.size() < CheckResult.DIFFERENCES_MAX) {
                differences.add(new CheckResult.Difference(from, first.next(), digests));
            }
        }
        return first.next();
    }
}
