package dev.parley.node.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.inbox.InboxFeed;
import dev.parley.node.placement.Partitioning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One row of the deliveries cannot be read: what follows it goes on.
class DamagedDeliveriesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MemoryPartitions partitions = new MemoryPartitions();
    private String conversation = "";
    private int partition;

    @BeforeEach
    void five_messages_of_which_the_third_is_damaged() throws Exception {
        conversation = partitions.direct("ann", "bob");
        partition = MemoryPartitions.PARTITIONING.partitionOf(conversation);
        for (int each = 1; each <= 5; each++) {
            partitions.now(new ChatCommand.PostMessage(conversation, "ann", "d", "m" + each, "text " + each));
        }
        partitions.damage(partition, 3);
    }

    @AfterEach
    void close() {
        partitions.close();
    }

    @Test
    void the_lists_of_users_hear_of_what_follows() throws Exception {
        try (InboxFeed feed = new InboxFeed(
                MemoryPartitions.SELF,
                MemoryPartitions.PARTITIONING,
                partitions.leaders,
                partitions.groups,
                partitions.deliveries,
                partitions)) {
            await().atMost(PATIENCE)
                    .until(() -> feed.standings().size() == MemoryPartitions.PARTITIONING.partitions()
                            && feed.standings().values().stream().allMatch(standing -> standing.pending() == 0));
        }

        QueryAnswer.InboxNews news = (QueryAnswer.InboxNews) partitions.now(new ChatQuery.InboxSince("bob", 0, 10));
        assertThat(news.changed().getFirst().listed().unread()).isEqualTo(5);
        assertThat(news.changed().getFirst().listed().progress().headSeq()).isEqualTo(5);
    }

    @Test
    void who_follows_the_partition_gets_what_follows_and_hears_of_the_damage_in_its_place() throws Exception {
        List<Delivery> found = new ArrayList<>();
        try (DeliverySource.Stream stream = partitions.deliveries.open(MemoryPartitions.SELF, partition, 0)) {
            while (found.size() < 5) {
                found.addAll(stream.next().deliveries());
            }
        }

        assertThat(found).extracting(Delivery::number).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(found.get(2).event()).isInstanceOf(Delivery.Unreadable.class);
        found.remove(2);
        assertThat(found)
                .extracting(Delivery::event)
                .allSatisfy(event -> assertThat(event).isInstanceOf(Delivery.RecordAdded.class));
    }

    @Test
    void it_is_counted_once_however_many_read_it() throws Exception {
        assertThat(partitions.deliveries.unreadable()).isEmpty();
        for (int reader = 0; reader < 3; reader++) {
            assertThat(partitions.deliveries.newer(partition, 0, 10)).hasSize(5);
        }

        assertThat(partitions.deliveries.unreadable())
                .isEqualTo(Map.of(Partitioning.group(partition).name(), 1.0));
    }
}
