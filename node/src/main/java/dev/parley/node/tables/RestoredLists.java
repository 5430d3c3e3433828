package dev.parley.node.tables;

import dev.parley.chat.ConversationKind;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.Mentions;
import dev.parley.chat.RecordBody;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.Member;
import dev.parley.raftstorage.table.Overlay;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableReader.Direction;
import dev.parley.raftstorage.table.TableReader.Next;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// Makes the lists of users right again in partitions that were backed up one after the other.
///
/// A list lives in its user's partition and repeats what the conversations' partitions say. If its partition
/// was backed
/// up earlier, it lacks what it was told later, and nobody would tell it again; if later, it knows records that
/// the
/// restored conversations do not have. So every list is written anew from the conversations. Its version
/// becomes one
/// that it never had before, and its changes are forgotten, so that no device goes on from an older one.
///
/// For partitions that nobody else uses. Not thread-safe.
public final class RestoredLists {
    private static final byte[] NOTHING = {};

    /// Changes that are held in memory before they are written.
    private static final int CHANGES_MAX = 20_000;

    /// By how much a version leaps: far above what a user's list changes in years, and far below what a number
    /// in
    /// JSON can say exactly.
    private static final int LEAP_BITS = 32;

    private final List<Partition> partitions;
    private final ToIntFunction<String> partitionOf;
    private int changes;

    /// One partition.
    ///
    /// @param base what is on disk
    /// @param writer writes what the overlay over the base holds, and clears it
    public record Partition(TableReader base, Overlay overlay, Runnable writer) {}

    /// Partitions to work on.
    ///
    /// @param partitionOf of a user or a conversation
    public RestoredLists(List<Partition> partitions, ToIntFunction<String> partitionOf) {
        this.partitions = List.copyOf(partitions);
        this.partitionOf = partitionOf;
    }

    /// Writes all lists.
    public void write() {
        partitions.forEach(this::forgetOrder);
        partitions.forEach(this::tellMembers);
        writeAll();
        partitions.forEach(this::checkListed);
        writeAll();
        partitions.forEach(this::forgetPushes);
        writeAll();
    }

    /// Versions leap, and what is derived from the rows goes, to be written again with them.
    private void forgetOrder(Partition partition) {
        scan(partition, Table.INBOX_CHANGE, (key, _) -> delete(partition, Table.INBOX_CHANGE, key));
        scan(partition, Table.INBOX_ORDER, (key, _) -> delete(partition, Table.INBOX_ORDER, key));
        scan(partition, Table.INBOX, (key, row) -> {
            long version = Rows.inbox(row).version();
            put(partition, Table.INBOX, key, Rows.inbox(new Inbox(leapt(version), 0, 0)));
        });
    }

    private static long leapt(long version) {
        return ((version >> LEAP_BITS) + 1) << LEAP_BITS;
    }

    /// What each member's list should say.
    private void tellMembers(Partition partition) {
        ChatTables tables = new ChatTables(partition.base());
        long lastDelivery = tables.counters().nextDelivery() - 1;
        byte[] prefix = Keys.prefix(Table.CONVERSATION);
        scan(partition, Table.CONVERSATION, (key, row) -> {
            Conversation conversation = Rows.conversation(Keys.lastText(key, prefix), row);
            for (Member member : tables.members(conversation.conversationId())) {
                Partition users = of(member.userId());
                ListedConversation before = new ChatTables(users.overlay())
                        .listed(member.userId(), conversation.conversationId())
                        .orElse(ListedConversation.NONE);
                ListedConversation after = listed(tables, conversation, member, before, lastDelivery);
                put(
                        users,
                        Table.LISTED_CONVERSATION,
                        Keys.of(Table.LISTED_CONVERSATION, member.userId(), conversation.conversationId()),
                        Rows.listedConversation(after).toByteArray());
            }
        });
    }

    private static ListedConversation listed(
            ChatTables tables, Conversation conversation, Member member, ListedConversation before, long lastDelivery) {
        Conversation.Head head = conversation.head();
        return new ListedConversation(
                conversation.kind() == ConversationKind.DIRECT ? 0 : member.joinedSeq(),
                true,
                new ListedConversation.Progress(
                        head.seq(),
                        head.ordinal(),
                        member.read().seq(),
                        member.read().ordinal(),
                        head.activityMillis(),
                        mentionSeq(tables, conversation, member, before)),
                new ListedConversation.Mute(member.muted(), lastDelivery));
    }

    /// The newest message that mentions the member, as far as it is not read: looked for only where the list
    /// was not
    /// told, or was told too much.
    private static long mentionSeq(
            ChatTables tables, Conversation conversation, Member member, ListedConversation before) {
        long head = conversation.head().seq();
        long known =
                before.progress().mentionSeq() > head ? 0 : before.progress().mentionSeq();
        long told = before.progress().headSeq() > head ? 0 : before.progress().headSeq();
        long from = Math.max(member.read().seq(), told) + 1;
        for (ConversationRecord record : tables.records(conversation.conversationId(), from, head)) {
            boolean mentions = record.body() instanceof RecordBody.Text(String text)
                    && !record.senderId().equals(member.userId())
                    && Mentions.in(text).contains(member.userId());
            known = mentions ? record.seq() : known;
        }
        return known;
    }

    /// What lists say of conversations that their users are not in; then the order and the sums of all lists.
    private void checkListed(Partition partition) {
        Sums sums = new Sums(partition);
        scan(partition, Table.LISTED_CONVERSATION, (key, row) -> {
            List<String> parts = Keys.texts(key);
            String userId = parts.getFirst();
            String conversationId = parts.getLast();
            ListedConversation listed = Rows.listedConversation(row);
            ChatTables home = new ChatTables(of(conversationId).base());
            Optional<Conversation> conversation = home.conversation(conversationId);
            if (conversation.isEmpty()) {
                delete(partition, Table.LISTED_CONVERSATION, key);
            } else if (home.member(conversationId, userId).isEmpty()) {
                long head = conversation.get().head().seq();
                ListedConversation left = new ListedConversation(
                        Math.min(listed.membershipSeq(), head),
                        false,
                        ListedConversation.Progress.NONE,
                        new ListedConversation.Mute(false, 0));
                put(
                        partition,
                        Table.LISTED_CONVERSATION,
                        key,
                        Rows.listedConversation(left).toByteArray());
            } else {
                sums.add(userId, listed.unread());
                long activityMillis = listed.progress().activityMillis();
                put(
                        partition,
                        Table.INBOX_ORDER,
                        Keys.timed(Table.INBOX_ORDER, userId, activityMillis, conversationId),
                        NOTHING);
            }
        });
        sums.end();
    }

    /// Pushes of messages that are not there any more would keep the next ones back.
    private void forgetPushes(Partition partition) {
        scan(partition, Table.PUSHED, (key, row) -> {
            String conversationId = Keys.texts(key).get(1);
            long head = new ChatTables(of(conversationId).base())
                    .conversation(conversationId)
                    .map(conversation -> conversation.head().seq())
                    .orElse(0L);
            if (PushRows.pushed(row).seq() > head) {
                delete(partition, Table.PUSHED, key);
            }
        });
    }

    private Partition of(String entityId) {
        return partitions.get(partitionOf.applyAsInt(entityId));
    }

    private void put(Partition partition, Table table, byte[] key, byte[] row) {
        partition.overlay().put(table.family(), key, row);
        changed();
    }

    private void delete(Partition partition, Table table, byte[] key) {
        partition.overlay().delete(table.family(), key);
        changed();
    }

    private void changed() {
        if (++changes >= CHANGES_MAX) {
            writeAll();
        }
    }

    private void writeAll() {
        partitions.forEach(partition -> partition.writer().run());
        changes = 0;
    }

    /// Visits the rows that were on disk when it began.
    private static void scan(Partition partition, Table table, Row each) {
        byte[] prefix = Keys.prefix(table);
        partition.base().scan(table.family(), prefix, Keys.end(prefix), Direction.ASCENDING, (key, row) -> {
            each.see(key, row);
            return Next.CONTINUE;
        });
    }

    private interface Row {
        void see(byte[] key, byte[] row);
    }

    /// Adds up what is unread, user by user, as the rows come.
    private final class Sums {
        private final Partition partition;
        private final List<String> current = new ArrayList<>();
        private long unread;

        Sums(Partition partition) {
            this.partition = partition;
        }

        void add(String userId, long more) {
            if (!current.contains(userId)) {
                end();
                current.add(userId);
            }
            unread += more;
        }

        void end() {
            for (String userId : current) {
                Inbox inbox = new ChatTables(partition.overlay()).inbox(userId);
                long version = inbox.version() == 0 ? leapt(0) : inbox.version();
                put(partition, Table.INBOX, Keys.of(Table.INBOX, userId), Rows.inbox(new Inbox(version, 0, unread)));
            }
            current.clear();
            unread = 0;
        }
    }
}
