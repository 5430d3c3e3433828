package dev.parley.node.inbox;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatCommand.NoteActivity;
import dev.parley.chat.view.ListedConversation.Progress;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.placement.Partitioning;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What some deliveries mean for the lists of users: for each user and conversation only how far it has come. So many
/// messages of one conversation cost each member one change. For one thread.
final class Activities {

    /// Changes of one command: about 100 KB, so that an entry takes several.
    static final int COMMAND_MAX = 1_000;

    private final Partitioning partitioning;
    private final Map<Integer, Map<Place, Progress>> byPartition = new TreeMap<>();
    private final Set<Integer> touched = new TreeSet<>();

    Activities(Partitioning partitioning) {
        this.partitioning = partitioning;
    }

    void add(Delivery delivery) {
        switch (delivery.event()) {
            case Delivery.RecordAdded added -> {
                long seq = added.record().seq();
                for (String userId : added.recipientIds()) {
                    // Who posts has read what was there: the rules move the sender's read position too.
                    long readSeq = userId.equals(added.record().senderId())
                                    && added.record().body().visibleMessage()
                            ? seq
                            : 0;
                    put(
                            userId,
                            added.record().conversationId(),
                            new Progress(seq, readSeq, added.record().createdAtMillis()));
                }
            }
            case Delivery.CursorMoved moved -> {
                if (moved.cursor() == Delivery.Cursor.READ) {
                    put(moved.userId(), moved.conversationId(), new Progress(0, moved.throughSeq(), 0));
                }
            }
            case Delivery.DeviceRevoked _ -> {} // says nothing about conversations
        }
    }

    /// How many changes a delivery makes at most.
    static int size(Delivery delivery) {
        return switch (delivery.event()) {
            case Delivery.RecordAdded added -> added.recipientIds().size();
            case Delivery.CursorMoved _, Delivery.DeviceRevoked _ -> 1;
        };
    }

    /// The partitions of users that what was added since the last call concerns.
    Set<Integer> takeTouched() {
        Set<Integer> taken = Set.copyOf(touched);
        touched.clear();
        return taken;
    }

    /// The commands that note all of it, by partition of users; in no order that matters.
    Map<Integer, List<ChatCommand>> commands() {
        Map<Integer, List<ChatCommand>> all = new TreeMap<>();
        byPartition.forEach((partition, places) -> {
            List<ChatCommand> commands = new ArrayList<>();
            all.put(partition, commands);
            List<Activity> activities = new ArrayList<>();
            places.forEach((place, progress) -> {
                activities.add(new Activity(
                        place.userId(),
                        place.conversationId(),
                        progress.headSeq(),
                        progress.readSeq(),
                        progress.activityMillis()));
                if (activities.size() == COMMAND_MAX) {
                    commands.add(new NoteActivity(partition, activities));
                    activities.clear();
                }
            });
            if (!activities.isEmpty()) {
                commands.add(new NoteActivity(partition, activities));
            }
        });
        return all;
    }

    private void put(String userId, String conversationId, Progress progress) {
        int partition = partitioning.partitionOf(userId);
        touched.add(partition);
        byPartition
                .computeIfAbsent(partition, _ -> new HashMap<>())
                .merge(new Place(userId, conversationId), progress, Progress::max);
    }

    private record Place(String userId, String conversationId) {}
}
