package dev.parley.node.inbox;

import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatCommand.NoteActivity;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.Mentions;
import dev.parley.chat.RecordBody;
import dev.parley.chat.rules.InboxRules;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.placement.Partitioning;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What some deliveries mean for the lists of users: for each user and conversation only how far it has come.
/// So many
/// messages of one conversation cost each member one change. For one thread.
final class Activities {

    /// Changes of one command: about 100 KB, so that an entry takes several.
    static final int COMMAND_MAX = 1_000;

    private final Partitioning partitioning;
    private final Map<Integer, Map<Place, Activity>> byPartition = new TreeMap<>();
    private final Set<Integer> touched = new TreeSet<>();

    Activities(Partitioning partitioning) {
        this.partitioning = partitioning;
    }

    void add(Delivery delivery) {
        switch (delivery.event()) {
            case Delivery.RecordAdded added -> add(delivery.number(), added.record(), added.recipientIds());
            case Delivery.CursorMoved moved -> {
                if (moved.cursor() == Delivery.Cursor.READ) {
                    Progress progress = new Progress(0, 0, moved.throughSeq(), moved.throughOrdinal(), 0, 0);
                    put(delivery.number(), moved.userId(), moved.conversationId(), progress, Optional.empty());
                }
            }
            case Delivery.MuteChanged changed ->
                put(
                        delivery.number(),
                        changed.userId(),
                        changed.conversationId(),
                        Progress.NONE,
                        Optional.of(changed.muted()));
            case Delivery.Retried(var content) -> {
                if (content instanceof DeadLetter.ListNote(var activity)) {
                    put(activity);
                }
            }
            case Delivery.ListsChanged _,
                    Delivery.DeviceRevoked _,
                    Delivery.Unreadable _ -> {} // say nothing about conversations
        }
    }

    private void add(long number, ConversationRecord record, List<String> recipientIds) {
        Set<String> mentioned = record.body() instanceof RecordBody.Text(var text) ? Mentions.in(text) : Set.of();
        for (String userId : recipientIds) {
            Read read = read(record, userId);
            long mentionSeq = mentioned.contains(userId) && !userId.equals(record.senderId()) ? record.seq() : 0;
            Progress progress = new Progress(
                    record.seq(), record.ordinal(), read.seq(), read.ordinal(), record.createdAtMillis(), mentionSeq);
            // Who joins, or joins again, has muted nothing yet.
            Optional<Boolean> muted = joins(record, userId) ? Optional.of(false) : Optional.empty();
            put(number, userId, record.conversationId(), progress, muted);
        }
    }

    private static boolean joins(ConversationRecord record, String userId) {
        return record.body() instanceof RecordBody.MembershipChange change
                && change.action() == RecordBody.Action.ADDED
                && change.userId().equals(userId);
    }

    /// What a record says about reading, as the rules have it: who posts has read what was there, and who joins
    /// has
    /// nothing to read of what went before.
    private static Read read(ConversationRecord record, String userId) {
        return switch (record.body()) {
            case RecordBody.Text _ ->
                userId.equals(record.senderId()) ? new Read(record.seq(), record.ordinal()) : Read.NOTHING;
            case RecordBody.MembershipChange _ ->
                joins(record, userId) ? new Read(record.seq() - 1, record.ordinal()) : Read.NOTHING;
        };
    }

    /// The positions that a delivery says for sure, for each list: for when the rest of it cannot be
    /// understood.
    static List<Activity> positions(Delivery delivery) {
        return switch (delivery.event()) {
            case Delivery.RecordAdded added -> {
                ConversationRecord record = added.record();
                Progress head = new Progress(record.seq(), record.ordinal(), 0, 0, record.createdAtMillis(), 0);
                yield added.recipientIds().stream()
                        .map(userId -> new Activity(
                                userId, record.conversationId(), head, Optional.empty(), delivery.number()))
                        .toList();
            }
            case Delivery.Retried(DeadLetter.ListNote(var activity)) -> List.of(activity);
            case Delivery.Retried _,
                    Delivery.CursorMoved _,
                    Delivery.MuteChanged _,
                    Delivery.ListsChanged _,
                    Delivery.DeviceRevoked _,
                    Delivery.Unreadable _ -> List.of(); // there is nothing in them to misunderstand
        };
    }

    /// How many changes a delivery makes at most.
    static int size(Delivery delivery) {
        return switch (delivery.event()) {
            case Delivery.RecordAdded added -> added.recipientIds().size();
            case Delivery.CursorMoved _,
                    Delivery.MuteChanged _,
                    Delivery.ListsChanged _,
                    Delivery.DeviceRevoked _,
                    Delivery.Retried _,
                    Delivery.Unreadable _ -> 1;
        };
    }

    /// The partitions of users that what was added since the last call concerns.
    Set<Integer> takeTouched() {
        Set<Integer> taken = Set.copyOf(touched);
        touched.clear();
        return taken;
    }

    /// The commands that note all of it, by partition of users; in no order that matters.
    Map<Integer, List<NoteActivity>> commands() {
        Map<Integer, List<NoteActivity>> all = new TreeMap<>();
        byPartition.forEach((partition, places) -> {
            List<NoteActivity> commands = new ArrayList<>();
            all.put(partition, commands);
            List<Activity> activities = new ArrayList<>();
            places.values().forEach(activity -> {
                activities.add(activity);
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

    private void put(long number, String userId, String conversationId, Progress progress, Optional<Boolean> muted) {
        put(new Activity(userId, conversationId, progress, muted, number));
    }

    private void put(Activity activity) {
        int partition = partitioning.partitionOf(activity.userId());
        touched.add(partition);
        byPartition
                .computeIfAbsent(partition, _ -> new HashMap<>())
                .merge(new Place(activity.userId(), activity.conversationId()), activity, InboxRules::both);
    }

    private record Read(long seq, long ordinal) {
        static final Read NOTHING = new Read(0, 0);
    }

    private record Place(String userId, String conversationId) {}
}
