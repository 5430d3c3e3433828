package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ConversationKind;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.Fingerprint;
import dev.parley.chat.InboxEntry;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.LogPlace;
import dev.parley.chat.Role;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// The replicated state in memory, for tests of the rules: carries out commands and shows what came of them.
final class ChatState implements ChatView {
    static final long START_MILLIS = 1_700_000_000_000L;

    private final Map<String, Conversation> conversations = new HashMap<>();
    private final Map<String, TreeMap<String, Member>> members = new HashMap<>();
    private final Map<String, TreeMap<Long, ConversationRecord>> records = new HashMap<>();
    private final Map<List<String>, PostedMessage> posted = new HashMap<>();
    private final Set<List<String>> blocks = new HashSet<>();
    private final Map<String, Account> accounts = new HashMap<>();
    private final Map<String, TreeMap<String, Device>> devices = new HashMap<>();
    private final TreeMap<String, DeviceTarget> pushTargets = new TreeMap<>();
    private final Map<List<String>, PushState> pushes = new HashMap<>();
    private long pushNoted;
    private final Map<String, Long> inboxVersions = new HashMap<>();
    private final Map<String, TreeMap<String, ListedConversation>> listed = new HashMap<>();
    private final Map<String, TreeMap<String, Boolean>> userBlocks = new HashMap<>();
    private final Map<String, List<InboxChange>> inboxChanges = new HashMap<>();
    private final TreeMap<Long, DeadLetter> letters = new TreeMap<>();
    private final List<DeadLetter.Content> retried = new ArrayList<>();
    private long lastLetter;
    private long lettersDropped;
    private long outboxNoted;
    private MembershipProgress progress = new MembershipProgress(0, 0);
    private long entries;

    /// Decides on a command and writes its events.
    ChatAnswer run(ChatCommand command) {
        Decision decision = decide(command);
        decision.events().forEach(this::write);
        return decision.answer();
    }

    Decision decide(ChatCommand command) {
        entries++;
        return ChatRules.decide(this, command, new CommandStamp(START_MILLIS + entries, 77 * entries, 0));
    }

    /// Writes one event.
    void write(ChatEvent event) {
        switch (event) {
            case ChatEvent.DirectOpened opened -> writeOpened(opened);
            case ChatEvent.GroupOpened opened -> writeOpened(opened);
            case ChatEvent.MessagePosted post -> writePosted(post);
            case ChatEvent.MemberAdded(var change, var userId, var role) -> {
                append(change, 1, owners(role));
                join(change.conversationId(), Member.joining(userId, role, change.seq(), change.ordinal()));
            }
            case ChatEvent.MemberRemoved(var change, var userId, var formerRole) -> {
                append(change, -1, -owners(formerRole));
                members.computeIfPresent(change.conversationId(), (_, present) -> {
                    present.remove(userId);
                    return present;
                });
                progress = new MembershipProgress(progress.notedThrough(), progress.last() + 1);
            }
            case ChatEvent.RoleChanged(var change, var userId, var formerRole, var role) -> {
                append(change, 0, owners(role) - owners(formerRole));
                String id = change.conversationId();
                put(id, member(id, userId).orElseThrow().withRole(role));
            }
            case ChatEvent.ReadAdvanced(var id, var userId, var position, var hidden) -> {
                Member reader = member(id, userId).orElseThrow();
                put(id, hidden ? reader.readInPrivate(position) : reader.readThrough(position));
            }
            case ChatEvent.DeliveredAdvanced(var id, var userId, var seq) ->
                put(id, member(id, userId).orElseThrow().deliveredThrough(seq));
            case ChatEvent.DeviceAdvanced(var id, var userId, var positions) ->
                put(id, member(id, userId).orElseThrow().withDevices(positions));
            case ChatEvent.MuteChanged(var id, var userId, var muted) ->
                put(id, member(id, userId).orElseThrow().withMuted(muted));
            case ChatEvent.BlockChanged(var id, var blockerId, var blocked) -> {
                if (blocked) {
                    blocks.add(List.of(id, blockerId));
                } else {
                    blocks.remove(List.of(id, blockerId));
                }
            }
            case ChatEvent.OnUser user -> writeUser(user);
            case ChatEvent.Housekeeping kept -> writeHousekeeping(kept);
        }
    }

    private void writeHousekeeping(ChatEvent.Housekeeping event) {
        switch (event) {
            case ChatEvent.OutboxCheckpointAdvanced(var through) -> outboxNoted = through;
            case ChatEvent.DeadLetterPut(var numbered) -> {
                letters.put(numbered.number(), numbered.letter());
                lastLetter = Math.max(lastLetter, numbered.number());
            }
            case ChatEvent.DeadLetterRemoved(var number, var overflow) -> {
                letters.remove(number);
                lettersDropped += overflow ? 1 : 0;
            }
            case ChatEvent.DeadLetterRetried(var number, var content) -> {
                letters.remove(number);
                retried.add(content);
            }
            case ChatEvent.PushCheckpointAdvanced(var through) -> pushNoted = through;
            case ChatEvent.MembershipCheckpointAdvanced(var through) ->
                progress = new MembershipProgress(through, progress.last());
        }
    }

    private void writeOpened(ChatEvent.DirectOpened opened) {
        String id = opened.conversationId();
        put(new Conversation(
                id,
                ConversationKind.DIRECT,
                "",
                opened.pair(),
                new Fingerprint(0, 0),
                new Conversation.Head(0, 0, 0, opened.atMillis()),
                new Conversation.Census(2, 0)));
        opened.pair().forEach(user -> join(id, Member.joining(user, Role.MEMBER, 1, 0)));
    }

    private void writeOpened(ChatEvent.GroupOpened opened) {
        ConversationRecord created = opened.created();
        String id = created.conversationId();
        put(new Conversation(
                id,
                ConversationKind.GROUP,
                opened.title(),
                List.of(),
                opened.origin(),
                new Conversation.Head(0, 0, 0, created.createdAtMillis()),
                new Conversation.Census(opened.memberIds().size(), 1)));
        append(created, 0, 0);
        for (String user : opened.memberIds()) {
            Role role = user.equals(created.senderId()) ? Role.OWNER : Role.MEMBER;
            join(id, Member.joining(user, role, 1, 0));
        }
    }

    private void writePosted(ChatEvent.MessagePosted post) {
        ConversationRecord message = post.message();
        append(message, 0, 0);
        String id = message.conversationId();
        Member sender = member(id, message.senderId()).orElseThrow();
        put(id, sender.readThrough(new Member.Position(message.seq(), message.ordinal())));
        posted.put(
                List.of(id, message.senderId(), post.clientMessageId()),
                new PostedMessage(message.seq(), message.messageId(), message.createdAtMillis(), post.body()));
    }

    private void writeUser(ChatEvent.OnUser event) {
        switch (event) {
            case ChatEvent.UserCreated(var userId, var atMillis) ->
                accounts.put(userId, Account.created(userId, atMillis));
            case ChatEvent.DeviceAdded(var userId, var deviceId, var platform, var atMillis) -> {
                accounts.computeIfPresent(userId, (_, account) -> account.withDevice());
                put(userId, new Device(deviceId, platform, 1, atMillis, false));
            }
            case ChatEvent.DeviceRenewed(var userId, var deviceId, var platform, var generation) -> {
                Device known = device(userId, deviceId).orElseThrow();
                put(userId, new Device(deviceId, platform, generation, known.createdAtMillis(), false));
            }
            case ChatEvent.DeviceRevoked(var userId, var deviceId) -> {
                put(userId, device(userId, deviceId).orElseThrow().asRevoked());
                pushTargets.keySet().removeIf(key -> key.startsWith(userId + " " + deviceId + " "));
            }
            case ChatEvent.PushTargetSet(var userId, var deviceId, var target) ->
                pushTargets.put(userId + " " + deviceId + " " + target.provider(), new DeviceTarget(deviceId, target));
            case ChatEvent.PushTargetRemoved(var userId, var deviceId, var provider) ->
                pushTargets.remove(userId + " " + deviceId + " " + provider);
            case ChatEvent.PushNoted(var push, var atMillis) -> {
                List<String> key = List.of(push.userId(), push.conversationId(), push.provider());
                if (push.seq() == 0) {
                    pushes.remove(key);
                } else {
                    pushes.put(key, new PushState(push.seq(), atMillis, push.outcome()));
                }
            }
            case ChatEvent.SettingsChanged(var userId, var settings) ->
                accounts.computeIfPresent(userId, (_, account) -> account.withSettings(settings));
            case ChatEvent.ActivityNoted(var activity) -> {
                String id = activity.conversationId();
                putListed(activity.userId(), id, InboxRules.after(known(activity.userId(), id), activity));
            }
            case ChatEvent.MembershipNoted(var userId, var id, var seq, var member, var at) -> {
                putListed(userId, id, known(userId, id).withMembership(seq, member, at));
            }
            case ChatEvent.BlockNoted(var userId, var blockedId, var blocked) -> {
                userBlocks.computeIfAbsent(userId, _ -> new TreeMap<>()).put(blockedId, blocked);
                inboxVersions.merge(userId, 1L, Long::sum);
            }
        }
    }

    private void append(ConversationRecord record, int moreMembers, int moreOwners) {
        Conversation before = conversation(record.conversationId()).orElseThrow();
        put(before.appended(record).withCensus(before.census().plus(moreMembers, moreOwners)));
        records.computeIfAbsent(record.conversationId(), _ -> new TreeMap<>()).put(record.seq(), record);
    }

    private void join(String conversationId, Member member) {
        put(conversationId, member);
        progress = new MembershipProgress(progress.notedThrough(), progress.last() + 1);
    }

    private void put(Conversation conversation) {
        conversations.put(conversation.conversationId(), conversation);
    }

    private void put(String conversationId, Member member) {
        members.computeIfAbsent(conversationId, _ -> new TreeMap<>()).put(member.userId(), member);
    }

    private void put(String userId, Device device) {
        devices.computeIfAbsent(userId, _ -> new TreeMap<>()).put(device.deviceId(), device);
    }

    private static int owners(Role role) {
        return role == Role.OWNER ? 1 : 0;
    }

    @Override
    public Optional<Conversation> conversation(String conversationId) {
        return Optional.ofNullable(conversations.get(conversationId));
    }

    @Override
    public Optional<Member> member(String conversationId, String userId) {
        return Optional.ofNullable(
                members.getOrDefault(conversationId, new TreeMap<>()).get(userId));
    }

    @Override
    public List<Member> members(String conversationId) {
        return new ArrayList<>(
                members.getOrDefault(conversationId, new TreeMap<>()).values());
    }

    @Override
    public List<ConversationRecord> records(String conversationId, long fromSeq, long throughSeq) {
        return fromSeq > throughSeq
                ? List.of()
                : List.copyOf(records.getOrDefault(conversationId, new TreeMap<>())
                        .subMap(fromSeq, true, throughSeq, true)
                        .values());
    }

    @Override
    public Optional<ConversationRecord> record(String conversationId, long seq) {
        return Optional.ofNullable(
                records.getOrDefault(conversationId, new TreeMap<>()).get(seq));
    }

    /// There is no log here.
    @Override
    public Optional<LogPlace> logPlace(String conversationId, long seq) {
        return Optional.empty();
    }

    @Override
    public Optional<PostedMessage> posted(String conversationId, String senderId, String clientMessageId) {
        return Optional.ofNullable(posted.get(List.of(conversationId, senderId, clientMessageId)));
    }

    @Override
    public boolean blockedBy(String conversationId, String blockerId) {
        return blocks.contains(List.of(conversationId, blockerId));
    }

    @Override
    public Optional<Account> account(String userId) {
        return Optional.ofNullable(accounts.get(userId));
    }

    @Override
    public Optional<Device> device(String userId, String deviceId) {
        return Optional.ofNullable(devices.getOrDefault(userId, new TreeMap<>()).get(deviceId));
    }

    @Override
    public List<Device> devices(String userId) {
        return new ArrayList<>(devices.getOrDefault(userId, new TreeMap<>()).values());
    }

    private ListedConversation known(String userId, String conversationId) {
        return listed(userId, conversationId).orElse(ListedConversation.NONE);
    }

    private void putListed(String userId, String conversationId, ListedConversation next) {
        long version = inboxVersions.merge(userId, 1L, Long::sum);
        long fromSeq = known(userId, conversationId).progress().headSeq();
        inboxChanges
                .computeIfAbsent(userId, _ -> new ArrayList<>())
                .add(new InboxChange(version, conversationId, fromSeq));
        listed.computeIfAbsent(userId, _ -> new TreeMap<>()).put(conversationId, next);
    }

    @Override
    public long inboxLoggedFrom(String userId) {
        return inboxVersion(userId) == 0 ? 0 : 1;
    }

    @Override
    public void inboxChanges(String userId, long afterVersion, Predicate<InboxChange> more) {
        for (InboxChange change : inboxChanges.getOrDefault(userId, List.of())) {
            if (change.version() > afterVersion && !more.test(change)) {
                return;
            }
        }
    }

    @Override
    public long inboxUnread(String userId) {
        return listed.getOrDefault(userId, new TreeMap<>()).values().stream()
                .mapToLong(ListedConversation::unread)
                .sum();
    }

    @Override
    public List<InboxEntry> inboxPage(String userId, Optional<InboxEntry.Place> after, int limit) {
        Comparator<InboxEntry.Place> order = Comparator.comparingLong(InboxEntry.Place::activityMillis)
                .thenComparing(InboxEntry.Place::conversationId)
                .reversed();
        return listed.getOrDefault(userId, new TreeMap<>()).entrySet().stream()
                .filter(entry -> entry.getValue().member())
                .map(entry -> new InboxEntry(entry.getKey(), entry.getValue()))
                .filter(entry -> after.isEmpty() || order.compare(entry.place(), after.get()) > 0)
                .sorted(Comparator.comparing(InboxEntry::place, order))
                .limit(limit)
                .toList();
    }

    /// What dead letters handed to the outbox again, in order.
    List<DeadLetter.Content> retried() {
        return retried;
    }

    @Override
    public DeadLetter.Counts deadLetterCounts() {
        return new DeadLetter.Counts(lastLetter, letters.size(), lettersDropped);
    }

    @Override
    public Optional<DeadLetter> deadLetter(long number) {
        return Optional.ofNullable(letters.get(number));
    }

    @Override
    public Optional<DeadLetter.Numbered> deadLetterAbout(DeadLetter.Content content) {
        return deadLetters(0, Integer.MAX_VALUE).stream()
                .filter(numbered -> numbered.letter().content().identity().equals(content.identity()))
                .findFirst();
    }

    @Override
    public List<DeadLetter.Numbered> deadLetters(long afterNumber, int limit) {
        return letters.tailMap(afterNumber, false).entrySet().stream()
                .limit(limit)
                .map(entry -> new DeadLetter.Numbered(entry.getKey(), entry.getValue()))
                .toList();
    }

    @Override
    public List<DeviceTarget> pushTargets(String userId) {
        return pushTargets.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(userId + " "))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public Optional<PushState> pushed(String userId, String conversationId, String provider) {
        return Optional.ofNullable(pushes.get(List.of(userId, conversationId, provider)));
    }

    @Override
    public SortedMap<String, PushState> pushes(String userId, String conversationId) {
        SortedMap<String, PushState> found = new TreeMap<>();
        pushes.forEach((key, state) -> {
            if (key.subList(0, 2).equals(List.of(userId, conversationId))) {
                found.put(key.getLast(), state);
            }
        });
        return found;
    }

    @Override
    public OutboxProgress pushProgress() {
        return new OutboxProgress(pushNoted, Long.MAX_VALUE);
    }

    @Override
    public OutboxProgress outboxProgress() {
        return new OutboxProgress(outboxNoted, Long.MAX_VALUE);
    }

    @Override
    public long inboxVersion(String userId) {
        return inboxVersions.getOrDefault(userId, 0L);
    }

    @Override
    public Optional<ListedConversation> listed(String userId, String conversationId) {
        return Optional.ofNullable(listed.getOrDefault(userId, new TreeMap<>()).get(conversationId));
    }

    @Override
    public List<String> conversationIds(String userId) {
        return listed.getOrDefault(userId, new TreeMap<>()).entrySet().stream()
                .filter(entry -> entry.getValue().member())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public boolean blocks(String userId, String blockedId) {
        return userBlocks.getOrDefault(userId, new TreeMap<>()).getOrDefault(blockedId, false);
    }

    @Override
    public List<String> blockedUserIds(String userId) {
        return userBlocks.getOrDefault(userId, new TreeMap<>()).entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public MembershipProgress membershipProgress() {
        return progress;
    }
}
