package dev.parley.node.tables;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.parley.chat.AccountSettings;
import dev.parley.chat.ConversationKind;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.DevicePosition;
import dev.parley.chat.Fingerprint;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.LogPlace;
import dev.parley.chat.RecordBody;
import dev.parley.chat.Role;
import dev.parley.chat.view.Account;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.Device;
import dev.parley.chat.view.InboxChange;
import dev.parley.chat.view.Member;
import dev.parley.chat.view.MembershipProgress;
import dev.parley.chat.view.PostedMessage;
import dev.parley.node.tables.proto.AccountRow;
import dev.parley.node.tables.proto.ActionValue;
import dev.parley.node.tables.proto.ConversationRow;
import dev.parley.node.tables.proto.CountersRow;
import dev.parley.node.tables.proto.DevicePositionValue;
import dev.parley.node.tables.proto.DeviceRow;
import dev.parley.node.tables.proto.FingerprintValue;
import dev.parley.node.tables.proto.InboxChangeRow;
import dev.parley.node.tables.proto.InboxRow;
import dev.parley.node.tables.proto.KindValue;
import dev.parley.node.tables.proto.ListedConversationRow;
import dev.parley.node.tables.proto.MemberRow;
import dev.parley.node.tables.proto.MembershipChangeBody;
import dev.parley.node.tables.proto.MembershipChangeRow;
import dev.parley.node.tables.proto.PostedRow;
import dev.parley.node.tables.proto.RecordRow;
import dev.parley.node.tables.proto.RoleValue;
import java.util.Optional;

/// Rows to bytes and back (`tables.proto`). What the key says is not repeated in the row.
///
/// A row that cannot be understood is damage or of a newer format: it throws, and the group is fenced.
final class Rows {

    static byte[] conversation(Conversation conversation) {
        ConversationRow.Builder row = ConversationRow.newBuilder()
                .setKind(
                        switch (conversation.kind()) {
                            case DIRECT -> KindValue.KIND_VALUE_DIRECT;
                            case GROUP -> KindValue.KIND_VALUE_GROUP;
                        })
                .setTitle(conversation.title())
                .addAllPair(conversation.pair())
                .setOrigin(fingerprint(conversation.origin()))
                .setHeadSeq(conversation.head().seq())
                .setHeadOrdinal(conversation.head().ordinal())
                .setLastMessageSeq(conversation.head().lastMessageSeq())
                .setActivityMillis(conversation.head().activityMillis())
                .setMembers(conversation.census().members())
                .setOwners(conversation.census().owners());
        return row.build().toByteArray();
    }

    static Conversation conversation(String conversationId, byte[] bytes) {
        ConversationRow row = parse(ConversationRow.parser(), bytes);
        ConversationKind kind = switch (row.getKind()) {
            case KIND_VALUE_DIRECT -> ConversationKind.DIRECT;
            case KIND_VALUE_GROUP -> ConversationKind.GROUP;
            case KIND_VALUE_UNSPECIFIED, UNRECOGNIZED -> throw unknown("kind of conversation", row.getKind());
        };
        return new Conversation(
                conversationId,
                kind,
                row.getTitle(),
                row.getPairList(),
                fingerprint(row.getOrigin()),
                new Conversation.Head(
                        row.getHeadSeq(), row.getHeadOrdinal(), row.getLastMessageSeq(), row.getActivityMillis()),
                new Conversation.Census(row.getMembers(), row.getOwners()));
    }

    static byte[] member(Member member) {
        MemberRow.Builder row = MemberRow.newBuilder()
                .setRole(role(member.role()))
                .setJoinedSeq(member.joinedSeq())
                .setReadSeq(member.read().seq())
                .setReadOrdinal(member.read().ordinal())
                .setDeliveredSeq(member.deliveredSeq())
                .setMuted(member.muted());
        if (member.shownReadSeq() != member.read().seq()) {
            row.setShownReadSeq(member.shownReadSeq());
        }
        member.devices()
                .forEach(position -> row.addDevices(DevicePositionValue.newBuilder()
                        .setDeviceId(position.deviceId())
                        .setSeq(position.seq())));
        return row.build().toByteArray();
    }

    static Member member(String userId, byte[] bytes) {
        MemberRow row = parse(MemberRow.parser(), bytes);
        return new Member(
                userId,
                role(row.getRole()).orElseThrow(() -> unknown("role", row.getRole())),
                row.getJoinedSeq(),
                new Member.Position(row.getReadSeq(), row.getReadOrdinal()),
                row.hasShownReadSeq() ? row.getShownReadSeq() : row.getReadSeq(),
                row.getDeliveredSeq(),
                row.getMuted(),
                row.getDevicesList().stream()
                        .map(device -> new DevicePosition(device.getDeviceId(), device.getSeq()))
                        .toList());
    }

    static byte[] record(ConversationRecord record, LogPlace place) {
        RecordRow.Builder row = RecordRow.newBuilder()
                .setOrdinal(record.ordinal())
                .setMessageId(record.messageId())
                .setSenderId(record.senderId())
                .setCreatedAtMillis(record.createdAtMillis())
                .setLogTerm(place.term())
                .setLogIndex(place.index());
        switch (record.body()) {
            case RecordBody.Text(String text) -> row.setText(text);
            case RecordBody.MembershipChange(var action, var userId, var role) ->
                row.setMembershipChange(MembershipChangeBody.newBuilder()
                        .setAction(action(action))
                        .setUserId(userId)
                        .setRole(role.map(Rows::role).orElse(RoleValue.ROLE_VALUE_UNSPECIFIED)));
        }
        return row.build().toByteArray();
    }

    static ConversationRecord record(String conversationId, long seq, byte[] bytes) {
        RecordRow row = parse(RecordRow.parser(), bytes);
        RecordBody body = switch (row.getBodyCase()) {
            case TEXT -> new RecordBody.Text(row.getText());
            case MEMBERSHIP_CHANGE -> {
                MembershipChangeBody change = row.getMembershipChange();
                yield new RecordBody.MembershipChange(
                        action(change.getAction()), change.getUserId(), role(change.getRole()));
            }
            case BODY_NOT_SET -> throw unknown("body of record", row.getUnknownFields());
        };
        return new ConversationRecord(
                conversationId,
                seq,
                row.getOrdinal(),
                row.getMessageId(),
                row.getSenderId(),
                row.getCreatedAtMillis(),
                body);
    }

    static Optional<LogPlace> logPlace(byte[] bytes) {
        RecordRow row = parse(RecordRow.parser(), bytes);
        return row.getLogIndex() == 0
                ? Optional.empty()
                : Optional.of(new LogPlace(row.getLogTerm(), row.getLogIndex()));
    }

    static byte[] posted(PostedMessage posted) {
        return PostedRow.newBuilder()
                .setSeq(posted.seq())
                .setMessageId(posted.messageId())
                .setCreatedAtMillis(posted.createdAtMillis())
                .setBody(fingerprint(posted.body()))
                .build()
                .toByteArray();
    }

    static PostedMessage posted(byte[] bytes) {
        PostedRow row = parse(PostedRow.parser(), bytes);
        return new PostedMessage(
                row.getSeq(), row.getMessageId(), row.getCreatedAtMillis(), fingerprint(row.getBody()));
    }

    static byte[] account(Account account) {
        AccountRow.Builder row = AccountRow.newBuilder()
                .setCreatedAtMillis(account.createdAtMillis())
                .setDevices(account.devices());
        if (!account.settings().equals(AccountSettings.DEFAULT)) {
            row.setSettings(SettingsRows.value(account.settings()));
        }
        return row.build().toByteArray();
    }

    static Account account(String userId, byte[] bytes) {
        AccountRow row = parse(AccountRow.parser(), bytes);
        AccountSettings settings =
                row.hasSettings() ? SettingsRows.settings(row.getSettings()) : AccountSettings.DEFAULT;
        return new Account(userId, row.getCreatedAtMillis(), row.getDevices(), settings);
    }

    static byte[] device(Device device) {
        return DeviceRow.newBuilder()
                .setPlatform(device.platform())
                .setGeneration(device.generation())
                .setCreatedAtMillis(device.createdAtMillis())
                .setRevoked(device.revoked())
                .build()
                .toByteArray();
    }

    static Device device(String deviceId, byte[] bytes) {
        DeviceRow row = parse(DeviceRow.parser(), bytes);
        return new Device(deviceId, row.getPlatform(), row.getGeneration(), row.getCreatedAtMillis(), row.getRevoked());
    }

    static byte[] inbox(Inbox inbox) {
        return InboxRow.newBuilder()
                .setVersion(inbox.version())
                .setLoggedFrom(inbox.loggedFrom())
                .setUnread(inbox.unread())
                .build()
                .toByteArray();
    }

    static Inbox inbox(byte[] bytes) {
        InboxRow row = parse(InboxRow.parser(), bytes);
        return new Inbox(row.getVersion(), row.getLoggedFrom(), row.getUnread());
    }

    static byte[] inboxChange(InboxChange change) {
        return InboxChangeRow.newBuilder()
                .setConversationId(change.conversationId())
                .setFromSeq(change.fromSeq())
                .build()
                .toByteArray();
    }

    static InboxChange inboxChange(long version, byte[] bytes) {
        InboxChangeRow row = parse(InboxChangeRow.parser(), bytes);
        return new InboxChange(version, row.getConversationId(), row.getFromSeq());
    }

    static ListedConversationRow listedConversation(ListedConversation listed) {
        return ListedConversationRow.newBuilder()
                .setMembershipSeq(listed.membershipSeq())
                .setMember(listed.member())
                .setHeadSeq(listed.progress().headSeq())
                .setHeadOrdinal(listed.progress().headOrdinal())
                .setReadSeq(listed.progress().readSeq())
                .setReadOrdinal(listed.progress().readOrdinal())
                .setActivityMillis(listed.progress().activityMillis())
                .setMentionSeq(listed.progress().mentionSeq())
                .setMuted(listed.mute().muted())
                .setMuteNumber(listed.mute().deliveryNumber())
                .build();
    }

    static ListedConversation listedConversation(byte[] bytes) {
        return listedConversation(parse(ListedConversationRow.parser(), bytes));
    }

    static ListedConversation listedConversation(ListedConversationRow row) {
        return new ListedConversation(
                row.getMembershipSeq(),
                row.getMember(),
                new ListedConversation.Progress(
                        row.getHeadSeq(),
                        row.getHeadOrdinal(),
                        row.getReadSeq(),
                        row.getReadOrdinal(),
                        row.getActivityMillis(),
                        row.getMentionSeq()),
                new ListedConversation.Mute(row.getMuted(), row.getMuteNumber()));
    }

    static byte[] counters(Counters counters) {
        return CountersRow.newBuilder()
                .setNextDelivery(counters.nextDelivery())
                .setFirstDelivery(counters.firstDelivery())
                .setMembershipLast(counters.membership().last())
                .setMembershipNoted(counters.membership().notedThrough())
                .setOutboxNoted(counters.outboxNoted())
                .setDeadLetterLast(counters.deadLetters().last())
                .setDeadLetters(counters.deadLetters().kept())
                .setDeadLettersDropped(counters.deadLetters().dropped())
                .setPushNoted(counters.pushNoted())
                .build()
                .toByteArray();
    }

    static Counters counters(byte[] bytes) {
        CountersRow row = parse(CountersRow.parser(), bytes);
        return new Counters(
                row.getNextDelivery(),
                row.getFirstDelivery(),
                new MembershipProgress(row.getMembershipNoted(), row.getMembershipLast()),
                row.getOutboxNoted(),
                row.getPushNoted(),
                new DeadLetter.Counts(row.getDeadLetterLast(), row.getDeadLetters(), row.getDeadLettersDropped()));
    }

    static byte[] membershipChange(MembershipChange change) {
        return MembershipChangeRow.newBuilder()
                .setUserId(change.userId())
                .setConversationId(change.conversationId())
                .setMembershipSeq(change.membershipSeq())
                .setMember(change.member())
                .build()
                .toByteArray();
    }

    static MembershipChange membershipChange(long number, byte[] bytes) {
        MembershipChangeRow row = parse(MembershipChangeRow.parser(), bytes);
        return new MembershipChange(
                number, row.getUserId(), row.getConversationId(), row.getMembershipSeq(), row.getMember());
    }

    static <T> T parse(Parser<T> parser, byte[] bytes) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("expected a row but %d bytes are none".formatted(bytes.length), e);
        }
    }

    static IllegalStateException unknown(String what, Object found) {
        return new IllegalStateException("expected a known %s in the tables but got %s".formatted(what, found));
    }

    private static FingerprintValue fingerprint(Fingerprint fingerprint) {
        return FingerprintValue.newBuilder()
                .setHigh(fingerprint.high())
                .setLow(fingerprint.low())
                .build();
    }

    private static Fingerprint fingerprint(FingerprintValue value) {
        return new Fingerprint(value.getHigh(), value.getLow());
    }

    private static RoleValue role(Role role) {
        return switch (role) {
            case OWNER -> RoleValue.ROLE_VALUE_OWNER;
            case ADMIN -> RoleValue.ROLE_VALUE_ADMIN;
            case MEMBER -> RoleValue.ROLE_VALUE_MEMBER;
        };
    }

    private static Optional<Role> role(RoleValue value) {
        return switch (value) {
            case ROLE_VALUE_OWNER -> Optional.of(Role.OWNER);
            case ROLE_VALUE_ADMIN -> Optional.of(Role.ADMIN);
            case ROLE_VALUE_MEMBER -> Optional.of(Role.MEMBER);
            case ROLE_VALUE_UNSPECIFIED -> Optional.empty();
            case UNRECOGNIZED -> throw unknown("role", value);
        };
    }

    private static ActionValue action(RecordBody.Action action) {
        return switch (action) {
            case CREATED -> ActionValue.ACTION_VALUE_CREATED;
            case ADDED -> ActionValue.ACTION_VALUE_ADDED;
            case REMOVED -> ActionValue.ACTION_VALUE_REMOVED;
            case LEFT -> ActionValue.ACTION_VALUE_LEFT;
            case ROLE_CHANGED -> ActionValue.ACTION_VALUE_ROLE_CHANGED;
        };
    }

    private static RecordBody.Action action(ActionValue value) {
        return switch (value) {
            case ACTION_VALUE_CREATED -> RecordBody.Action.CREATED;
            case ACTION_VALUE_ADDED -> RecordBody.Action.ADDED;
            case ACTION_VALUE_REMOVED -> RecordBody.Action.REMOVED;
            case ACTION_VALUE_LEFT -> RecordBody.Action.LEFT;
            case ACTION_VALUE_ROLE_CHANGED -> RecordBody.Action.ROLE_CHANGED;
            case ACTION_VALUE_UNSPECIFIED, UNRECOGNIZED -> throw unknown("action", value);
        };
    }

    private Rows() {}
}
