package dev.parley.node.inbox;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.DeadLetter;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.tables.Outbox;
import dev.parley.raftstorage.ReadOutcome;
import dev.parley.raftstorage.ReplicatedGroups;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How the outboxes stand of the partitions that this node leads. Any thread that may block.
public final class OutboxReport {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxReport.class);

    private static final Duration READ_MAX = Duration.ofSeconds(10);

    private final InboxFeed feed;
    private final ReplicatedGroups<ChatAnswer> groups;
    private final Clock clock;
    private final Supplier<Map<String, Double>> pushes;

    /// @param pushes deliveries that may still need a push, by group
    public OutboxReport(
            InboxFeed feed, Supplier<Map<String, Double>> pushes, ReplicatedGroups<ChatAnswer> groups, Clock clock) {
        this.feed = feed;
        this.pushes = pushes;
        this.groups = groups;
        this.clock = clock;
    }

    /// One partition's outbox.
    ///
    /// @param pending deliveries that the lists of users do not know of yet
    /// @param oldest how long ago the oldest record among them was accepted; zero if there is none
    /// @param pushes deliveries that may still need a push
    public record Line(int partition, long pending, long pushes, Duration oldest, DeadLetter.Counts letters) {
        public String group() {
            return Partitioning.group(partition).name();
        }
    }

    /// A line for each partition led here, by partition; one that cannot be read just now is left out.
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        long now = clock.millis();
        Map<String, Double> unpushed = pushes.get();
        feed.standings().forEach((partition, standing) -> {
            boolean waits = standing.pending() > 0 && standing.oldestMillis() > 0;
            Duration oldest = waits ? Duration.ofMillis(Math.max(0, now - standing.oldestMillis())) : Duration.ZERO;
            try {
                if (groups.readStale(Partitioning.group(partition), Outbox::deadLetters)
                                .get(READ_MAX.toMillis(), TimeUnit.MILLISECONDS)
                        instanceof ReadOutcome.Done<DeadLetter.Counts>(DeadLetter.Counts letters)) {
                    String group = Partitioning.group(partition).name();
                    long waiting = unpushed.getOrDefault(group, 0.0).longValue();
                    lines.add(new Line(partition, standing.pending(), waiting, oldest, letters));
                }
            } catch (ExecutionException | TimeoutException e) {
                LOG.info("outbox not read: group={} reason={}", Partitioning.group(partition), e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return lines;
    }
}
