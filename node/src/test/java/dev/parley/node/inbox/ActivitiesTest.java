package dev.parley.node.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatCommand.NoteActivity;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.node.delivery.Deliveries;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.placement.Partitioning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ActivitiesTest {
    private static final Partitioning PARTITIONING = new Partitioning(4);

    @Test
    void many_messages_of_a_conversation_cost_each_member_one_change() {
        Activities activities = new Activities(PARTITIONING);
        Deliveries.texts(1, 1_000, "hi").forEach(activities::add);

        assertThat(all(activities.commands()))
                .containsExactlyInAnyOrder(
                        new Activity(
                                "alice",
                                "c_1",
                                new Progress(1_000, 1_000, 1_000, 1_000, 2_000, 0),
                                Optional.empty(),
                                1_000),
                        new Activity(
                                "bob", "c_1", new Progress(1_000, 1_000, 0, 0, 2_000, 0), Optional.empty(), 1_000));
    }

    @Test
    void only_the_reader_is_told_how_far_it_has_read() {
        Activities activities = new Activities(PARTITIONING);
        activities.add(new Delivery(
                1, new Delivery.CursorMoved("c_1", "bob", Delivery.Cursor.READ, 7, 5, List.of("alice", "bob"))));
        activities.add(new Delivery(
                2, new Delivery.CursorMoved("c_1", "alice", Delivery.Cursor.DELIVERED, 9, 0, List.of("alice", "bob"))));

        assertThat(all(activities.commands()))
                .containsExactly(new Activity("bob", "c_1", new Progress(0, 0, 7, 5, 0, 0), Optional.empty(), 1));
    }

    @Test
    void each_change_goes_to_the_partition_of_its_user_in_commands_of_bounded_size() {
        List<String> members =
                IntStream.range(0, 12_000).mapToObj(i -> "user-" + i).toList();
        Activities activities = new Activities(PARTITIONING);
        activities.add(
                new Delivery(1, new Delivery.CursorMoved("c_1", "user-1", Delivery.Cursor.DELIVERED, 9, 0, members)));
        for (String member : members) {
            activities.add(new Delivery(
                    2, new Delivery.CursorMoved("c_1", member, Delivery.Cursor.READ, 9, 9, List.of(member))));
        }

        Map<Integer, List<NoteActivity>> commands = activities.commands();

        assertThat(all(commands)).hasSize(members.size());
        assertThat(commands.values().stream().flatMap(List::stream)).allSatisfy(note -> {
            assertThat(note.activities()).hasSizeBetween(1, Activities.COMMAND_MAX);
            assertThat(note.activities())
                    .allMatch(activity -> PARTITIONING.partitionOf(activity.userId()) == note.partition());
        });
    }

    @Test
    void the_partitions_that_deliveries_concern_are_told_once() {
        Activities activities = new Activities(PARTITIONING);
        Deliveries.texts(1, 2, "hi").forEach(activities::add);

        assertThat(activities.takeTouched())
                .containsExactlyInAnyOrderElementsOf(
                        Set.of(PARTITIONING.partitionOf("alice"), PARTITIONING.partitionOf("bob")));
        assertThat(activities.takeTouched()).isEmpty();
    }

    private static List<Activity> all(Map<Integer, List<NoteActivity>> commands) {
        List<Activity> all = new ArrayList<>();
        commands.values().forEach(each -> each.forEach(note -> all.addAll(note.activities())));
        return all;
    }
}
