package dev.parley.node.tables;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ConversationKind;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.LogPlace;
import dev.parley.chat.PushTarget;
import dev.parley.chat.view.Account;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.Device;
import dev.parley.chat.view.InboxChange;
import dev.parley.chat.view.Member;
import dev.parley.chat.view.PostedMessage;
import dev.parley.chat.view.PushState;
import dev.parley.node.delivery.Delivery;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The tables while one entry is applied: what the appliers write, and the view that the next command of the
/// same entry
/// is decided on. Lives for one entry, on the apply thread.
public final class WritableChatTables extends ChatTables {
    private static final byte[] NOTHING = {};

    /// Rows that an entry may delete beyond twice what it added: with an idle partition the backlog still
    /// shrinks.
    private static final int EXTRA_DELETES = 8;

    private final TableWriter tables;
    private final LogPlace place;
    private final ConversationCache cache;
    private final Counters before;
    private Counters counters;
    private int posts;

    /// The tables at the start of an entry.
    ///
    /// @param place of the entry in the log
    /// @param cache what earlier entries left; this one leaves its own
    /// @param counters what [#finish] of the entry before returned, or [#storedCounters]
    public WritableChatTables(TableWriter tables, LogPlace place, ConversationCache cache, Counters counters) {
        super(tables);
        this.tables = tables;
        this.place = place;
        this.cache = cache;
        this.before = counters;
        this.counters = counters;
    }

    /// The counters as the tables hold them, for the first entry after they were opened.
    public static Counters storedCounters(TableReader tables) {
        return new ChatTables(tables).counters();
    }

    @Override
    public Optional<Conversation> conversation(String conversationId) {
        Optional<Conversation> cached = cache.conversation(conversationId);
        if (cached.isPresent()) {
            return cached;
        }
        Optional<Conversation> stored = super.conversation(conversationId);
        stored.ifPresent(cache::putConversation);
        return stored;
    }

    /// The conversation that an event is about, which the rule has seen.
    public Conversation existing(String conversationId) {
        return conversation(conversationId)
                .orElseThrow(() -> new IllegalStateException("expected conversation " + conversationId));
    }

    /// The member that an event is about, which the rule has seen.
    public Member existingMember(String conversationId, String userId) {
        return member(conversationId, userId)
                .orElseThrow(
                        () -> new IllegalStateException("expected member %s of %s".formatted(userId, conversationId)));
    }

    @Override
    Counters counters() {
        return counters;
    }

    /// The ids of all members, by id; immutable.
    public List<String> roster(Conversation conversation) {
        if (conversation.kind() == ConversationKind.DIRECT) {
            return conversation.pair();
        }
        return cache.roster(conversation.conversationId()).orElseGet(() -> {
            List<String> roster = List.copyOf(roster(conversation.conversationId()));
            cache.putRoster(conversation, roster);
            return roster;
        });
    }

    public void putConversation(Conversation conversation) {
        put(Table.CONVERSATION, Rows.conversation(conversation), conversation.conversationId());
        cache.putConversation(conversation);
    }

    public void putRecord(ConversationRecord record) {
        tables.put(
                Table.RECORD.family(),
                Keys.numbered(Table.RECORD, record.conversationId(), record.seq()),
                Rows.record(record, place));
    }

    /// Writes a member who was none before.
    public void addMember(Conversation conversation, Member member) {
        putMember(conversation.conversationId(), member);
        cache.roster(conversation.conversationId()).ifPresent(roster -> {
            List<String> grown = new ArrayList<>(roster);
            int at = Collections.binarySearch(grown, member.userId());
            grown.add(-at - 1, member.userId());
            cache.putRoster(conversation, grown);
        });
    }

    /// Writes a member who was one before.
    public void putMember(String conversationId, Member member) {
        put(Table.MEMBER, Rows.member(member), conversationId, member.userId());
    }

    public void removeMember(Conversation conversation, String userId) {
        delete(Table.MEMBER, conversation.conversationId(), userId);
        cache.roster(conversation.conversationId()).ifPresent(roster -> {
            List<String> shrunk = new ArrayList<>(roster);
            shrunk.remove(userId);
            cache.putRoster(conversation, shrunk);
        });
    }

    /// Remembers a post for its retries, until it expires.
    ///
    /// @param deliveryNumber tells apart posts that expire at one time
    public void putPosted(
            ConversationRecord message, String clientMessageId, PostedMessage posted, long deliveryNumber) {
        byte[] key = Keys.of(Table.POSTED, message.conversationId(), message.senderId(), clientMessageId);
        long expiresMillis = message.createdAtMillis() + ChatLimits.POSTED_KEPT_MILLIS;
        tables.put(Table.POSTED.family(), key, Rows.posted(posted));
        tables.put(Table.POSTED_EXPIRY.family(), Keys.timed(Table.POSTED_EXPIRY, expiresMillis, deliveryNumber), key);
        posts++;
    }

    public void putBlock(String conversationId, String blockerId, boolean blocked) {
        putFlag(Table.DIRECT_BLOCK, blocked, conversationId, blockerId);
    }

    public void putAccount(Account account) {
        put(Table.ACCOUNT, Rows.account(account), account.userId());
    }

    public void putDevice(String userId, Device device) {
        put(Table.DEVICE, Rows.device(device), userId, device.deviceId());
    }

    /// Writes what the user's list says about a conversation, and logs the change under the next inbox version.
    ///
    /// @param deliveryNumber of the delivery that told of it; 0 if none did
    /// @param change makes of what the list says what it should say
    public Delivery.ListChange changeListed(
            String userId, String conversationId, long deliveryNumber, UnaryOperator<ListedConversation> change) {
        ListedConversation before = listed(userId, conversationId).orElse(ListedConversation.NONE);
        ListedConversation listed = change.apply(before);
        put(Table.LISTED_CONVERSATION, Rows.listedConversation(listed).toByteArray(), userId, conversationId);
        moveInList(userId, conversationId, before, listed);
        long version = growInboxVersion(userId, listed.unread() - before.unread());
        tables.put(
                Table.INBOX_CHANGE.family(),
                Keys.numbered(Table.INBOX_CHANGE, userId, version),
                Rows.inboxChange(new InboxChange(
                        version, conversationId, before.progress().headSeq())));
        return new Delivery.ListChange(
                userId,
                conversationId,
                version,
                deliveryNumber,
                listed.differsNotably(before),
                listed.unread() > before.unread(),
                listed);
    }

    private void moveInList(String userId, String conversationId, ListedConversation before, ListedConversation after) {
        long millisBefore = before.progress().activityMillis();
        long millisAfter = after.progress().activityMillis();
        if (before.member() && (!after.member() || millisBefore != millisAfter)) {
            tables.delete(
                    Table.INBOX_ORDER.family(), Keys.timed(Table.INBOX_ORDER, userId, millisBefore, conversationId));
        }
        if (after.member() && (!before.member() || millisBefore != millisAfter)) {
            tables.put(
                    Table.INBOX_ORDER.family(),
                    Keys.timed(Table.INBOX_ORDER, userId, millisAfter, conversationId),
                    NOTHING);
        }
    }

    public void putUserBlock(String userId, String blockedId, boolean blocked) {
        putFlag(Table.USER_BLOCK, blocked, userId, blockedId);
        long _ = growInboxVersion(userId, 0);
    }

    public void putPushTarget(String userId, String deviceId, PushTarget target) {
        put(Table.PUSH_TARGET, PushRows.target(target), userId, deviceId, target.provider());
    }

    public void removePushTarget(String userId, String deviceId, String provider) {
        delete(Table.PUSH_TARGET, userId, deviceId, provider);
    }

    /// Writes what a user's devices were pushed; `seq` 0 if that was taken back.
    public void putPushed(ChatCommand.Pushed pushed, long atMillis) {
        if (pushed.seq() == 0) {
            delete(Table.PUSHED, pushed.userId(), pushed.conversationId(), pushed.provider());
        } else {
            put(
                    Table.PUSHED,
                    PushRows.pushed(new PushState(pushed.seq(), atMillis, pushed.outcome())),
                    pushed.userId(),
                    pushed.conversationId(),
                    pushed.provider());
        }
    }

    /// The deliveries up to this number need no push any more.
    public void pushNoted(long throughNumber) {
        counters = counters.withPushNoted(throughNumber);
    }

    /// Gives an event the partition's next delivery number and keeps a row for those who miss it.
    public Delivery putDelivery(Delivery.Event event) {
        Delivery delivery = new Delivery(counters.nextDelivery(), event);
        tables.put(
                Table.DELIVERY.family(), Keys.numbered(Table.DELIVERY, delivery.number()), DeliveryRows.encode(event));
        counters = counters.withDelivery();
        return delivery;
    }

    /// Keeps a row for the worker that tells the user's list.
    public void putMembershipChange(String userId, String conversationId, long membershipSeq, boolean member) {
        counters = counters.withMembershipChange();
        long number = counters.membership().last();
        tables.put(
                Table.MEMBERSHIP_CHANGE.family(),
                Keys.numbered(Table.MEMBERSHIP_CHANGE, number),
                Rows.membershipChange(new MembershipChange(number, userId, conversationId, membershipSeq, member)));
    }

    /// Deletes the membership changes that are noted.
    public void membershipNoted(long throughNumber) {
        long first = counters.membership().notedThrough() + 1;
        for (long number = first; number <= throughNumber; number++) {
            tables.delete(Table.MEMBERSHIP_CHANGE.family(), Keys.numbered(Table.MEMBERSHIP_CHANGE, number));
        }
        counters = counters.withNotedThrough(throughNumber);
    }

    /// The deliveries up to this number are noted in the users' lists.
    public void outboxNoted(long throughNumber) {
        counters = counters.withOutboxNoted(throughNumber);
    }

    /// Writes a dead letter, which may replace the one of its number.
    public void putDeadLetter(DeadLetter.Numbered numbered) {
        DeadLetter.Counts counts = counters.deadLetters();
        byte[] key = Keys.numbered(Table.DEAD_LETTER, numbered.number());
        tables.put(Table.DEAD_LETTER.family(), key, DeadLetterRows.encode(numbered.letter()));
        if (numbered.number() > counts.last()) {
            tables.put(
                    Table.DEAD_LETTER_PLACE.family(),
                    Keys.of(Table.DEAD_LETTER_PLACE, numbered.letter().content().identity()),
                    DeadLetterRows.place(numbered.number()));
            counters = counters.withDeadLetters(
                    new DeadLetter.Counts(numbered.number(), counts.kept() + 1, counts.dropped()));
        }
    }

    /// Deletes a dead letter that is there.
    ///
    /// @param overflow whether only because there are too many
    public void removeDeadLetter(long number, boolean overflow) {
        DeadLetter letter =
                deadLetter(number).orElseThrow(() -> new IllegalStateException("expected dead letter " + number));
        tables.delete(Table.DEAD_LETTER.family(), Keys.numbered(Table.DEAD_LETTER, number));
        tables.delete(
                Table.DEAD_LETTER_PLACE.family(),
                Keys.of(Table.DEAD_LETTER_PLACE, letter.content().identity()));
        DeadLetter.Counts counts = counters.deadLetters();
        counters = counters.withDeadLetters(
                new DeadLetter.Counts(counts.last(), counts.kept() - 1, counts.dropped() + (overflow ? 1 : 0)));
    }

    /// Ends the entry: forgets what is too old, and writes the counters.
    ///
    /// @return the counters for the next entry
    public Counters finish(PostedExpiry expiry, long nowMillis) {
        expiry.prune(tables, nowMillis, 2 * posts + EXTRA_DELETES);
        pruneDeliveries();
        if (!counters.equals(before)) {
            put(Table.COUNTERS, Rows.counters(counters));
        }
        return counters;
    }

    private void pruneDeliveries() {
        long added = counters.nextDelivery() - before.nextDelivery();
        long first = counters.firstDelivery();
        // What some consumer has not dealt with is kept, however much that is: it is the outbox.
        long dealtWith = Math.min(counters.outboxNoted(), counters.pushNoted());
        long unneeded = Math.min(counters.nextDelivery() - DeliveryRows.KEPT, dealtWith + 1);
        long target = Math.min(unneeded, first + 2 * added + EXTRA_DELETES);
        for (; first < target; first++) {
            tables.delete(Table.DELIVERY.family(), Keys.numbered(Table.DELIVERY, first));
        }
        counters = counters.withFirstDelivery(first);
    }

    private long growInboxVersion(String userId, long moreUnread) {
        Inbox inbox = inbox(userId).changed(moreUnread);
        // Two at a time, so that a log that was once longer still shrinks.
        for (int i = 0; i < 2 && inbox.version() - inbox.loggedFrom() >= ChatLimits.INBOX_CHANGES_KEPT; i++) {
            tables.delete(Table.INBOX_CHANGE.family(), Keys.numbered(Table.INBOX_CHANGE, userId, inbox.loggedFrom()));
            inbox = inbox.withLoggedFrom(inbox.loggedFrom() + 1);
        }
        put(Table.INBOX, Rows.inbox(inbox), userId);
        return inbox.version();
    }

    private void putFlag(Table table, boolean present, String... parts) {
        if (present) {
            put(table, NOTHING, parts);
        } else {
            delete(table, parts);
        }
    }

    private void put(Table table, byte[] row, String... parts) {
        tables.put(table.family(), Keys.of(table, parts), row);
    }

    private void delete(Table table, String... parts) {
        tables.delete(table.family(), Keys.of(table, parts));
    }
}
