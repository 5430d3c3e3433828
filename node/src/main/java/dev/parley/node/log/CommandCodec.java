package dev.parley.node.log;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.Role;
import dev.parley.chat.rules.FieldRules;
import dev.parley.node.log.proto.ActivityEntry;
import dev.parley.node.log.proto.AddMemberEntry;
import dev.parley.node.log.proto.AdvanceDeliveredEntry;
import dev.parley.node.log.proto.AdvanceMembershipCheckpointEntry;
import dev.parley.node.log.proto.AdvanceOutboxCheckpointEntry;
import dev.parley.node.log.proto.AdvanceReadEntry;
import dev.parley.node.log.proto.CommandEntry;
import dev.parley.node.log.proto.CreateDirectEntry;
import dev.parley.node.log.proto.CreateGroupEntry;
import dev.parley.node.log.proto.CreateUserEntry;
import dev.parley.node.log.proto.NoteActivityEntry;
import dev.parley.node.log.proto.NoteBlockedEntry;
import dev.parley.node.log.proto.NoteMembershipEntry;
import dev.parley.node.log.proto.PostMessageEntry;
import dev.parley.node.log.proto.RegisterDeviceEntry;
import dev.parley.node.log.proto.RemoveMemberEntry;
import dev.parley.node.log.proto.RevokeDeviceEntry;
import dev.parley.node.log.proto.RoleEntry;
import dev.parley.node.log.proto.SetBlockedEntry;
import dev.parley.node.log.proto.SetMutedEntry;
import java.util.Optional;

/// Commands as the Raft log stores them (`commands.proto`). Stateless.
public final class CommandCodec {

    /// The bytes of a command.
    ///
    /// @throws IllegalArgumentException if a text is no Unicode, so that UTF-8 has no bytes for it; ask
    ///     [FieldRules#check] first
    public static byte[] encode(ChatCommand command) {
        CommandEntry.Builder entry = CommandEntry.newBuilder();
        switch (command) {
            case ChatCommand.OnConversation about -> encodeConversation(entry, about);
            case ChatCommand.OnUser about -> encodeUser(entry, about);
            case ChatCommand.NoteActivity note -> entry.setNoteActivity(noteActivity(note));
            case ChatCommand.NotePushes note -> entry.setNotePushes(PushCommandCodec.entry(note));
            case ChatCommand.AdvanceOutboxCheckpoint advance ->
                entry.setAdvanceOutboxCheckpoint(AdvanceOutboxCheckpointEntry.newBuilder()
                        .setPartition(advance.partition())
                        .setThroughNumber(advance.throughNumber()));
            case ChatCommand.OnDeadLetters about -> DeadLetterEntries.encode(entry, about);
            case ChatCommand.AdvanceMembershipCheckpoint advance ->
                entry.setAdvanceMembershipCheckpoint(AdvanceMembershipCheckpointEntry.newBuilder()
                        .setPartition(advance.partition())
                        .setThroughNumber(advance.throughNumber()));
        }
        return entry.build().toByteArray();
    }

    private static void encodeConversation(CommandEntry.Builder entry, ChatCommand.OnConversation command) {
        switch (command) {
            case ChatCommand.CreateDirect create ->
                entry.setCreateDirect(CreateDirectEntry.newBuilder()
                        .setConversationId(create.conversationId())
                        .setCreatorId(create.creatorId())
                        .setOtherId(create.otherId()));
            case ChatCommand.CreateGroup create ->
                entry.setCreateGroup(CreateGroupEntry.newBuilder()
                        .setConversationId(create.conversationId())
                        .setCreatorId(create.creatorId())
                        .setTitle(wellFormed(create.title()))
                        .addAllMemberIds(create.memberIds()));
            case ChatCommand.PostMessage post ->
                entry.setPostMessage(PostMessageEntry.newBuilder()
                        .setConversationId(post.conversationId())
                        .setSenderId(post.senderId())
                        .setSenderDeviceId(wellFormed(post.senderDeviceId()))
                        .setClientMessageId(wellFormed(post.clientMessageId()))
                        .setText(wellFormed(post.text())));
            case ChatCommand.AddMember add ->
                entry.setAddMember(AddMemberEntry.newBuilder()
                        .setConversationId(add.conversationId())
                        .setActorId(add.actorId())
                        .setMemberId(add.memberId())
                        .setRole(encodeRole(add.role())));
            case ChatCommand.RemoveMember remove ->
                entry.setRemoveMember(RemoveMemberEntry.newBuilder()
                        .setConversationId(remove.conversationId())
                        .setActorId(remove.actorId())
                        .setMemberId(remove.memberId()));
            case ChatCommand.AdvanceRead read ->
                entry.setAdvanceRead(AdvanceReadEntry.newBuilder()
                        .setConversationId(read.conversationId())
                        .setReaderId(read.readerId())
                        .setThroughSeq(read.throughSeq())
                        .setHidden(read.hidden()));
            case ChatCommand.AdvanceDelivered delivered ->
                entry.setAdvanceDelivered(AdvanceDeliveredEntry.newBuilder()
                        .setConversationId(delivered.conversationId())
                        .setReceiverId(delivered.receiverId())
                        .setDeviceId(delivered.deviceId())
                        .setThroughSeq(delivered.throughSeq()));
            case ChatCommand.SetMuted mute ->
                entry.setSetMuted(SetMutedEntry.newBuilder()
                        .setConversationId(mute.conversationId())
                        .setMemberId(mute.memberId())
                        .setMuted(mute.muted()));
            case ChatCommand.SetBlocked block ->
                entry.setSetBlocked(SetBlockedEntry.newBuilder()
                        .setConversationId(block.conversationId())
                        .setBlockerId(block.blockerId())
                        .setBlockedId(block.blockedId())
                        .setBlocked(block.blocked()));
        }
    }

    private static void encodeUser(CommandEntry.Builder entry, ChatCommand.OnUser command) {
        switch (command) {
            case ChatCommand.CreateUser create ->
                entry.setCreateUser(CreateUserEntry.newBuilder().setUserId(create.userId()));
            case ChatCommand.RegisterDevice register ->
                entry.setRegisterDevice(RegisterDeviceEntry.newBuilder()
                        .setUserId(register.userId())
                        .setDeviceId(wellFormed(register.deviceId()))
                        .setPlatform(register.platform()));
            case ChatCommand.RevokeDevice revoke ->
                entry.setRevokeDevice(RevokeDeviceEntry.newBuilder()
                        .setUserId(revoke.userId())
                        .setDeviceId(wellFormed(revoke.deviceId())));
            case ChatCommand.SetSettings set -> entry.setSetSettings(SettingsCodec.entry(set));
            case ChatCommand.SetPushTarget set -> entry.setSetPushTarget(PushCommandCodec.entry(set));
            case ChatCommand.RemovePushTarget remove -> entry.setRemovePushTarget(PushCommandCodec.entry(remove));
            case ChatCommand.NoteMembership note ->
                entry.setNoteMembership(NoteMembershipEntry.newBuilder()
                        .setUserId(note.userId())
                        .setConversationId(note.conversationId())
                        .setMembershipSeq(note.membershipSeq())
                        .setMember(note.member()));
            case ChatCommand.NoteBlocked note ->
                entry.setNoteBlocked(NoteBlockedEntry.newBuilder()
                        .setUserId(note.userId())
                        .setBlockedId(note.blockedId())
                        .setBlocked(note.blocked()));
        }
    }

    /// The command that the bytes say.
    ///
    /// @throws UnknownCommandException if they say none that this Parley knows
    public static ChatCommand decode(byte[] bytes) {
        CommandEntry entry;
        try {
            entry = CommandEntry.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new UnknownCommandException(
                    "expected a command in the log but %d bytes are none".formatted(bytes.length), e);
        }
        return switch (entry.getKindCase()) {
            case CREATE_DIRECT -> createDirect(entry.getCreateDirect());
            case CREATE_GROUP -> createGroup(entry.getCreateGroup());
            case POST_MESSAGE -> postMessage(entry.getPostMessage());
            case ADD_MEMBER -> addMember(entry.getAddMember());
            case REMOVE_MEMBER -> removeMember(entry.getRemoveMember());
            case ADVANCE_READ -> advanceRead(entry.getAdvanceRead());
            case ADVANCE_DELIVERED -> advanceDelivered(entry.getAdvanceDelivered());
            case SET_MUTED -> setMuted(entry.getSetMuted());
            case SET_BLOCKED -> setBlocked(entry.getSetBlocked());
            case CREATE_USER -> createUser(entry.getCreateUser());
            case REGISTER_DEVICE -> registerDevice(entry.getRegisterDevice());
            case REVOKE_DEVICE -> revokeDevice(entry.getRevokeDevice());
            case SET_SETTINGS -> SettingsCodec.command(entry.getSetSettings());
            case NOTE_MEMBERSHIP -> noteMembership(entry.getNoteMembership());
            case NOTE_BLOCKED -> noteBlocked(entry.getNoteBlocked());
            case ADVANCE_MEMBERSHIP_CHECKPOINT -> advanceMembershipCheckpoint(entry.getAdvanceMembershipCheckpoint());
            case SET_PUSH_TARGET -> PushCommandCodec.command(entry.getSetPushTarget());
            case REMOVE_PUSH_TARGET -> PushCommandCodec.command(entry.getRemovePushTarget());
            case NOTE_PUSHES -> PushCommandCodec.command(entry.getNotePushes());
            case NOTE_ACTIVITY -> noteActivity(entry.getNoteActivity());
            case ADVANCE_OUTBOX_CHECKPOINT ->
                new ChatCommand.AdvanceOutboxCheckpoint(
                        entry.getAdvanceOutboxCheckpoint().getPartition(),
                        entry.getAdvanceOutboxCheckpoint().getThroughNumber());
            case ADD_DEAD_LETTER -> DeadLetterEntries.add(entry.getAddDeadLetter());
            case DROP_DEAD_LETTER ->
                new ChatCommand.DropDeadLetter(
                        entry.getDropDeadLetter().getPartition(),
                        entry.getDropDeadLetter().getNumber());
            case RETRY_DEAD_LETTER ->
                new ChatCommand.RetryDeadLetter(
                        entry.getRetryDeadLetter().getPartition(),
                        entry.getRetryDeadLetter().getNumber());
            case KIND_NOT_SET ->
                throw new UnknownCommandException(
                        "expected a known command in the log but got fields %s: was it written by a newer Parley?"
                                .formatted(entry.getUnknownFields().asMap().keySet()));
        };
    }

    private static ChatCommand createDirect(CreateDirectEntry entry) {
        return new ChatCommand.CreateDirect(entry.getConversationId(), entry.getCreatorId(), entry.getOtherId());
    }

    private static ChatCommand createGroup(CreateGroupEntry entry) {
        return new ChatCommand.CreateGroup(
                entry.getConversationId(), entry.getCreatorId(), entry.getTitle(), entry.getMemberIdsList());
    }

    private static ChatCommand postMessage(PostMessageEntry entry) {
        return new ChatCommand.PostMessage(
                entry.getConversationId(),
                entry.getSenderId(),
                entry.getSenderDeviceId(),
                entry.getClientMessageId(),
                entry.getText());
    }

    private static ChatCommand addMember(AddMemberEntry entry) {
        return new ChatCommand.AddMember(
                entry.getConversationId(), entry.getActorId(), entry.getMemberId(), decodeRole(entry.getRole()));
    }

    private static ChatCommand removeMember(RemoveMemberEntry entry) {
        return new ChatCommand.RemoveMember(entry.getConversationId(), entry.getActorId(), entry.getMemberId());
    }

    private static ChatCommand advanceRead(AdvanceReadEntry entry) {
        return new ChatCommand.AdvanceRead(
                entry.getConversationId(), entry.getReaderId(), entry.getThroughSeq(), entry.getHidden());
    }

    private static ChatCommand advanceDelivered(AdvanceDeliveredEntry entry) {
        return new ChatCommand.AdvanceDelivered(
                entry.getConversationId(), entry.getReceiverId(), entry.getDeviceId(), entry.getThroughSeq());
    }

    private static ChatCommand setMuted(SetMutedEntry entry) {
        return new ChatCommand.SetMuted(entry.getConversationId(), entry.getMemberId(), entry.getMuted());
    }

    private static ChatCommand setBlocked(SetBlockedEntry entry) {
        return new ChatCommand.SetBlocked(
                entry.getConversationId(), entry.getBlockerId(), entry.getBlockedId(), entry.getBlocked());
    }

    private static ChatCommand createUser(CreateUserEntry entry) {
        return new ChatCommand.CreateUser(entry.getUserId());
    }

    private static ChatCommand registerDevice(RegisterDeviceEntry entry) {
        return new ChatCommand.RegisterDevice(entry.getUserId(), entry.getDeviceId(), entry.getPlatform());
    }

    private static ChatCommand revokeDevice(RevokeDeviceEntry entry) {
        return new ChatCommand.RevokeDevice(entry.getUserId(), entry.getDeviceId());
    }

    private static ChatCommand noteMembership(NoteMembershipEntry entry) {
        return new ChatCommand.NoteMembership(
                entry.getUserId(), entry.getConversationId(), entry.getMembershipSeq(), entry.getMember());
    }

    private static ChatCommand noteBlocked(NoteBlockedEntry entry) {
        return new ChatCommand.NoteBlocked(entry.getUserId(), entry.getBlockedId(), entry.getBlocked());
    }

    private static ChatCommand advanceMembershipCheckpoint(AdvanceMembershipCheckpointEntry entry) {
        return new ChatCommand.AdvanceMembershipCheckpoint(entry.getPartition(), entry.getThroughNumber());
    }

    private static NoteActivityEntry noteActivity(ChatCommand.NoteActivity note) {
        NoteActivityEntry.Builder entry = NoteActivityEntry.newBuilder().setPartition(note.partition());
        note.activities().forEach(activity -> entry.addActivities(activity(activity)));
        return entry.build();
    }

    static ActivityEntry activity(ChatCommand.Activity activity) {
        ActivityEntry.Builder entry = ActivityEntry.newBuilder()
                .setUserId(activity.userId())
                .setConversationId(activity.conversationId())
                .setHeadSeq(activity.progress().headSeq())
                .setHeadOrdinal(activity.progress().headOrdinal())
                .setReadSeq(activity.progress().readSeq())
                .setReadOrdinal(activity.progress().readOrdinal())
                .setActivityMillis(activity.progress().activityMillis())
                .setMentionSeq(activity.progress().mentionSeq())
                .setDeliveryNumber(activity.deliveryNumber());
        activity.muted().ifPresent(entry::setMuted);
        return entry.build();
    }

    private static ChatCommand noteActivity(NoteActivityEntry entry) {
        return new ChatCommand.NoteActivity(
                entry.getPartition(),
                entry.getActivitiesList().stream().map(CommandCodec::activity).toList());
    }

    static ChatCommand.Activity activity(ActivityEntry entry) {
        return new ChatCommand.Activity(
                entry.getUserId(),
                entry.getConversationId(),
                new Progress(
                        entry.getHeadSeq(),
                        entry.getHeadOrdinal(),
                        entry.getReadSeq(),
                        entry.getReadOrdinal(),
                        entry.getActivityMillis(),
                        entry.getMentionSeq()),
                entry.hasMuted() ? Optional.of(entry.getMuted()) : Optional.empty(),
                entry.getDeliveryNumber());
    }

    private static RoleEntry encodeRole(Role role) {
        return switch (role) {
            case OWNER -> RoleEntry.ROLE_ENTRY_OWNER;
            case ADMIN -> RoleEntry.ROLE_ENTRY_ADMIN;
            case MEMBER -> RoleEntry.ROLE_ENTRY_MEMBER;
        };
    }

    private static Role decodeRole(RoleEntry role) {
        return switch (role) {
            case ROLE_ENTRY_OWNER -> Role.OWNER;
            case ROLE_ENTRY_ADMIN -> Role.ADMIN;
            case ROLE_ENTRY_MEMBER -> Role.MEMBER;
            case ROLE_ENTRY_UNSPECIFIED, UNRECOGNIZED ->
                throw new UnknownCommandException("expected a known role in the log but got " + role);
        };
    }

    static String wellFormed(String text) {
        if (!FieldRules.wellFormed(text)) {
            throw new IllegalArgumentException("expected Unicode text but it holds half of a surrogate pair");
        }
        return text;
    }

    private CommandCodec() {}
}
