package dev.parley.node.tables;

import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.InboxEntry;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.LogPlace;
import dev.parley.chat.view.Account;
import dev.parley.chat.view.ChatView;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.Device;
import dev.parley.chat.view.DeviceTarget;
import dev.parley.chat.view.InboxChange;
import dev.parley.chat.view.Member;
import dev.parley.chat.view.MembershipProgress;
import dev.parley.chat.view.OutboxProgress;
import dev.parley.chat.view.PostedMessage;
import dev.parley.chat.view.PushState;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableReader.Direction;
import dev.parley.raftstorage.table.TableReader.Next;
import dev.parley.raftstorage.table.TableReader.RowVisitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What the rules may know, read from a partition's tables. Lives as long as the [TableReader]: one call.
class ChatTables implements ChatView {
    private final TableReader tables;

    ChatTables(TableReader tables) {
        this.tables = tables;
    }

    @Override
    public Optional<Conversation> conversation(String conversationId) {
        return Optional.ofNullable(get(Table.CONVERSATION, conversationId))
                .map(row -> Rows.conversation(conversationId, row));
    }

    @Override
    public Optional<Member> member(String conversationId, String userId) {
        return Optional.ofNullable(get(Table.MEMBER, conversationId, userId)).map(row -> Rows.member(userId, row));
    }

    @Override
    public List<Member> members(String conversationId) {
        List<Member> members = new ArrayList<>();
        scan(Table.MEMBER, conversationId, (userId, row) -> members.add(Rows.member(userId, row)));
        return members;
    }

    /// The ids of all members, by id.
    List<String> roster(String conversationId) {
        List<String> roster = new ArrayList<>();
        scan(Table.MEMBER, conversationId, (userId, _) -> roster.add(userId));
        return roster;
    }

    @Override
    public List<ConversationRecord> records(String conversationId, long fromSeq, long throughSeq) {
        if (throughSeq < fromSeq) {
            return List.of();
        }
        List<ConversationRecord> records = new ArrayList<>();
        RowVisitor add = (key, row) -> {
            records.add(Rows.record(conversationId, Keys.lastNumber(key), row));
            return Next.CONTINUE;
        };
        byte[] from = Keys.numbered(Table.RECORD, conversationId, fromSeq);
        byte[] to = Keys.numbered(Table.RECORD, conversationId, throughSeq + 1);
        tables.scan(Table.RECORD.family(), from, to, Direction.ASCENDING, add);
        return records;
    }

    @Override
    public Optional<LogPlace> logPlace(String conversationId, long seq) {
        return Optional.ofNullable(tables.get(Table.RECORD.family(), Keys.numbered(Table.RECORD, conversationId, seq)))
                .flatMap(Rows::logPlace);
    }

    @Override
    public Optional<ConversationRecord> record(String conversationId, long seq) {
        return Optional.ofNullable(tables.get(Table.RECORD.family(), Keys.numbered(Table.RECORD, conversationId, seq)))
                .map(row -> Rows.record(conversationId, seq, row));
    }

    @Override
    public Optional<PostedMessage> posted(String conversationId, String senderId, String clientMessageId) {
        return Optional.ofNullable(get(Table.POSTED, conversationId, senderId, clientMessageId))
                .map(Rows::posted);
    }

    @Override
    public boolean blockedBy(String conversationId, String blockerId) {
        return get(Table.DIRECT_BLOCK, conversationId, blockerId) != null;
    }

    @Override
    public Optional<Account> account(String userId) {
        return Optional.ofNullable(get(Table.ACCOUNT, userId)).map(row -> Rows.account(userId, row));
    }

    @Override
    public Optional<Device> device(String userId, String deviceId) {
        return Optional.ofNullable(get(Table.DEVICE, userId, deviceId)).map(row -> Rows.device(deviceId, row));
    }

    @Override
    public List<Device> devices(String userId) {
        List<Device> devices = new ArrayList<>();
        scan(Table.DEVICE, userId, (deviceId, row) -> devices.add(Rows.device(deviceId, row)));
        return devices;
    }

    @Override
    public long inboxVersion(String userId) {
        return inbox(userId).version();
    }

    @Override
    public long inboxLoggedFrom(String userId) {
        return inbox(userId).loggedFrom();
    }

    @Override
    public void inboxChanges(String userId, long afterVersion, Predicate<InboxChange> more) {
        tables.scan(
                Table.INBOX_CHANGE.family(),
                Keys.numbered(Table.INBOX_CHANGE, userId, afterVersion + 1),
                Keys.end(Keys.prefix(Table.INBOX_CHANGE, userId)),
                Direction.ASCENDING,
                (key, row) -> more.test(Rows.inboxChange(Keys.lastNumber(key), row)) ? Next.CONTINUE : Next.STOP);
    }

    @Override
    public long inboxUnread(String userId) {
        return inbox(userId).unread();
    }

    @Override
    public List<InboxEntry> inboxPage(String userId, Optional<InboxEntry.Place> after, int limit) {
        byte[] prefix = Keys.prefix(Table.INBOX_ORDER, userId);
        byte[] end = after.map(
                        place -> Keys.timed(Table.INBOX_ORDER, userId, place.activityMillis(), place.conversationId()))
                .orElseGet(() -> Keys.end(prefix));
        List<InboxEntry> entries = new ArrayList<>();
        tables.scan(Table.INBOX_ORDER.family(), prefix, end, Direction.DESCENDING, (key, _) -> {
            String conversationId = Keys.textAfterTime(key, prefix);
            entries.add(new InboxEntry(
                    conversationId,
                    listed(userId, conversationId)
                            .orElseThrow(() -> new IllegalStateException(
                                    "%s has a place in the list of %s but no row".formatted(conversationId, userId)))));
            return entries.size() < limit ? Next.CONTINUE : Next.STOP;
        });
        return entries;
    }

    Inbox inbox(String userId) {
        byte[] row = get(Table.INBOX, userId);
        return row == null ? Inbox.EMPTY : Rows.inbox(row);
    }

    @Override
    public Optional<ListedConversation> listed(String userId, String conversationId) {
        return Optional.ofNullable(get(Table.LISTED_CONVERSATION, userId, conversationId))
                .map(Rows::listedConversation);
    }

    @Override
    public List<DeviceTarget> pushTargets(String userId) {
        List<DeviceTarget> targets = new ArrayList<>();
        scan(Table.PUSH_TARGET, userId, (name, row) -> {
            // A device's id holds no zero byte, which ends it here.
            int end = name.indexOf('\0');
            targets.add(new DeviceTarget(name.substring(0, end), PushRows.target(name.substring(end + 1), row)));
        });
        return targets;
    }

    /// Users with a push target, in the order of their ids, after one of them; "" is before all.
    List<String> usersWithPushTargets(String after, int limit) {
        byte[] all = Keys.prefix(Table.PUSH_TARGET);
        byte[] from = after.isEmpty() ? all : Keys.end(Keys.prefix(Table.PUSH_TARGET, after));
        List<String> users = new ArrayList<>();
        tables.scan(Table.PUSH_TARGET.family(), from, Keys.end(all), Direction.ASCENDING, (key, _) -> {
            String rest = Keys.lastText(key, all);
            String userId = rest.substring(0, rest.indexOf('\0'));
            if (users.isEmpty() || !users.getLast().equals(userId)) {
                if (users.size() == limit) {
                    return Next.STOP;
                }
                users.add(userId);
            }
            return Next.CONTINUE;
        });
        return users;
    }

    @Override
    public Optional<PushState> pushed(String userId, String conversationId, String provider) {
        return Optional.ofNullable(get(Table.PUSHED, userId, conversationId, provider))
                .map(PushRows::pushed);
    }

    @Override
    public SortedMap<String, PushState> pushes(String userId, String conversationId) {
        byte[] prefix = Keys.prefix(Table.PUSHED, userId, conversationId);
        SortedMap<String, PushState> pushes = new TreeMap<>();
        tables.scan(Table.PUSHED.family(), prefix, Keys.end(prefix), Direction.ASCENDING, (key, row) -> {
            pushes.put(Keys.lastText(key, prefix), PushRows.pushed(row));
            return Next.CONTINUE;
        });
        return pushes;
    }

    @Override
    public List<String> conversationIds(String userId) {
        List<String> ids = new ArrayList<>();
        scan(Table.LISTED_CONVERSATION, userId, (conversationId, row) -> {
            if (Rows.listedConversation(row).member()) {
                ids.add(conversationId);
            }
        });
        return ids;
    }

    @Override
    public boolean blocks(String userId, String blockedId) {
        return get(Table.USER_BLOCK, userId, blockedId) != null;
    }

    @Override
    public List<String> blockedUserIds(String userId) {
        List<String> ids = new ArrayList<>();
        scan(Table.USER_BLOCK, userId, (blockedId, _) -> ids.add(blockedId));
        return ids;
    }

    @Override
    public MembershipProgress membershipProgress() {
        return counters().membership();
    }

    @Override
    public OutboxProgress outboxProgress() {
        Counters counters = counters();
        // What is not kept any more counts as noted: a log of an older release knew no notes.
        long notedThrough = Math.max(counters.outboxNoted(), counters.firstDelivery() - 1);
        return new OutboxProgress(notedThrough, counters.nextDelivery() - 1);
    }

    @Override
    public DeadLetter.Counts deadLetterCounts() {
        return counters().deadLetters();
    }

    @Override
    public Optional<DeadLetter> deadLetter(long number) {
        return Optional.ofNullable(tables.get(Table.DEAD_LETTER.family(), Keys.numbered(Table.DEAD_LETTER, number)))
                .map(DeadLetterRows::decode);
    }

    @Override
    public Optional<DeadLetter.Numbered> deadLetterAbout(DeadLetter.Content content) {
        byte[] place = Keys.of(Table.DEAD_LETTER_PLACE, content.identity());
        return Optional.ofNullable(tables.get(Table.DEAD_LETTER_PLACE.family(), place))
                .map(DeadLetterRows::place)
                .flatMap(number -> deadLetter(number).map(letter -> new DeadLetter.Numbered(number, letter)));
    }

    @Override
    public List<DeadLetter.Numbered> deadLetters(long afterNumber, int limit) {
        List<DeadLetter.Numbered> letters = new ArrayList<>();
        tables.scan(
                Table.DEAD_LETTER.family(),
                Keys.numbered(Table.DEAD_LETTER, afterNumber + 1),
                Keys.end(Keys.prefix(Table.DEAD_LETTER)),
                Direction.ASCENDING,
                (key, row) -> {
                    letters.add(new DeadLetter.Numbered(Keys.lastNumber(key), DeadLetterRows.decode(row)));
                    return letters.size() < limit ? Next.CONTINUE : Next.STOP;
                });
        return letters;
    }

    @Override
    public OutboxProgress pushProgress() {
        Counters counters = counters();
        long notedThrough = Math.max(counters.pushNoted(), counters.firstDelivery() - 1);
        return new OutboxProgress(notedThrough, counters.nextDelivery() - 1);
    }

    Counters counters() {
        byte[] row = get(Table.COUNTERS);
        return row == null ? Counters.START : Rows.counters(row);
    }

    TableReader reader() {
        return tables;
    }

    private byte @Nullable [] get(Table table, String... parts) {
        return tables.get(table.family(), Keys.of(table, parts));
    }

    private void scan(Table table, String part, NamedRowVisitor visitor) {
        byte[] prefix = Keys.prefix(table, part);
        tables.scan(table.family(), prefix, Keys.end(prefix), Direction.ASCENDING, (key, row) -> {
            visitor.row(Keys.lastText(key, prefix), row);
            return Next.CONTINUE;
        });
    }

    /// Sees a row by the text that its key ends with.
    private interface NamedRowVisitor {
        void row(String name, byte[] row);
    }
}
