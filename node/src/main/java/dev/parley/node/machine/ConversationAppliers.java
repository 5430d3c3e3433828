package dev.parley.node.machine;

import dev.parley.chat.ConversationKind;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.Fingerprint;
import dev.parley.chat.Role;
import dev.parley.chat.rules.ChatEvent;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.Conversation.Census;
import dev.parley.chat.view.Conversation.Head;
import dev.parley.chat.view.Member;
import dev.parley.chat.view.Member.Position;
import dev.parley.chat.view.PostedMessage;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.Delivery.Cursor;
import dev.parley.node.tables.WritableChatTables;
import java.util.List;

/// Writes what happened to conversations, and makes the deliveries of it.
final class ConversationAppliers {
    private static final String NO_DEVICE = "";

    private final WritableChatTables tables;
    private final List<Delivery> deliveries;

    ConversationAppliers(WritableChatTables tables, List<Delivery> deliveries) {
        this.tables = tables;
        this.deliveries = deliveries;
    }

    void apply(ChatEvent.OnConversation event) {
        switch (event) {
            case ChatEvent.DirectOpened opened -> directOpened(opened);
            case ChatEvent.GroupOpened opened -> groupOpened(opened);
            case ChatEvent.MessagePosted posted -> messagePosted(posted);
            case ChatEvent.MemberAdded added -> memberAdded(added);
            case ChatEvent.MemberRemoved removed -> memberRemoved(removed);
            case ChatEvent.RoleChanged changed -> roleChanged(changed);
            case ChatEvent.ReadAdvanced advanced -> readAdvanced(advanced);
            case ChatEvent.DeliveredAdvanced advanced -> deliveredAdvanced(advanced);
            case ChatEvent.DeviceAdvanced advanced -> deviceAdvanced(advanced);
            case ChatEvent.MuteChanged changed -> muteChanged(changed);
            case ChatEvent.BlockChanged changed ->
                tables.putBlock(changed.conversationId(), changed.blockerId(), changed.blocked());
        }
    }

    private void directOpened(ChatEvent.DirectOpened opened) {
        Conversation conversation = new Conversation(
                opened.conversationId(),
                ConversationKind.DIRECT,
                "",
                opened.pair(),
                new Fingerprint(0, 0),
                new Head(0, 0, 0, opened.atMillis()),
                new Census(opened.pair().size(), 0));
        tables.putConversation(conversation);
        for (String userId : opened.pair()) {
            tables.putMember(opened.conversationId(), Member.joining(userId, Role.MEMBER, 1, 0));
            tables.putMembershipChange(userId, opened.conversationId(), 0, true);
        }
    }

    private void groupOpened(ChatEvent.GroupOpened opened) {
        ConversationRecord created = opened.created();
        Conversation conversation = new Conversation(
                        created.conversationId(),
                        ConversationKind.GROUP,
                        opened.title(),
                        List.of(),
                        opened.origin(),
                        new Head(0, 0, 0, created.createdAtMillis()),
                        new Census(opened.memberIds().size(), 1))
                .appended(created);
        tables.putConversation(conversation);
        tables.putRecord(created);
        for (String userId : opened.memberIds()) {
            Role role = userId.equals(created.senderId()) ? Role.OWNER : Role.MEMBER;
            tables.putMember(created.conversationId(), Member.joining(userId, role, created.seq(), 0));
            tables.putMembershipChange(userId, created.conversationId(), created.seq(), true);
        }
        deliver(created, NO_DEVICE, opened.memberIds());
    }

    private void messagePosted(ChatEvent.MessagePosted posted) {
        ConversationRecord message = posted.message();
        Conversation conversation = append(message);
        Member sender = tables.existingMember(message.conversationId(), message.senderId());
        tables.putMember(message.conversationId(), sender.readThrough(new Position(message.seq(), message.ordinal())));
        long number = deliver(message, posted.senderDeviceId(), tables.roster(conversation));
        PostedMessage answer =
                new PostedMessage(message.seq(), message.messageId(), message.createdAtMillis(), posted.body());
        tables.putPosted(message, posted.clientMessageId(), answer, number);
    }

    private void memberAdded(ChatEvent.MemberAdded added) {
        ConversationRecord change = added.change();
        Conversation conversation = appendCounting(change, 1, owners(added.role()));
        tables.addMember(conversation, Member.joining(added.memberId(), added.role(), change.seq(), change.ordinal()));
        tables.putMembershipChange(added.memberId(), change.conversationId(), change.seq(), true);
        deliver(change, NO_DEVICE, tables.roster(conversation));
    }

    private void memberRemoved(ChatEvent.MemberRemoved removed) {
        ConversationRecord change = removed.change();
        Conversation conversation = appendCounting(change, -1, -owners(removed.formerRole()));
        List<String> recipients = tables.roster(conversation);
        tables.removeMember(conversation, removed.memberId());
        tables.putMembershipChange(removed.memberId(), change.conversationId(), change.seq(), false);
        deliver(change, NO_DEVICE, recipients);
    }

    private void roleChanged(ChatEvent.RoleChanged changed) {
        ConversationRecord change = changed.change();
        Conversation conversation = appendCounting(change, 0, owners(changed.role()) - owners(changed.formerRole()));
        Member member = tables.existingMember(change.conversationId(), changed.memberId());
        tables.putMember(change.conversationId(), member.withRole(changed.role()));
        deliver(change, NO_DEVICE, tables.roster(conversation));
    }

    private void readAdvanced(ChatEvent.ReadAdvanced advanced) {
        Member member = tables.existingMember(advanced.conversationId(), advanced.userId());
        Position position = advanced.position();
        tables.putMember(
                advanced.conversationId(),
                advanced.hidden() ? member.readInPrivate(position) : member.readThrough(position));
        deliverCursor(
                advanced.conversationId(),
                advanced.userId(),
                Cursor.READ,
                position,
                advanced.hidden() ? List.of(advanced.userId()) : everybody(advanced.conversationId()));
    }

    private void deliveredAdvanced(ChatEvent.DeliveredAdvanced advanced) {
        Member member = tables.existingMember(advanced.conversationId(), advanced.userId());
        tables.putMember(advanced.conversationId(), member.deliveredThrough(advanced.throughSeq()));
        deliverCursor(
                advanced.conversationId(),
                advanced.userId(),
                Cursor.DELIVERED,
                new Position(advanced.throughSeq(), 0),
                everybody(advanced.conversationId()));
    }

    /// Nobody is told: the others hear how far the member is.
    private void deviceAdvanced(ChatEvent.DeviceAdvanced advanced) {
        Member member = tables.existingMember(advanced.conversationId(), advanced.userId());
        tables.putMember(advanced.conversationId(), member.withDevices(advanced.devices()));
    }

    private void muteChanged(ChatEvent.MuteChanged changed) {
        Member member = tables.existingMember(changed.conversationId(), changed.userId());
        tables.putMember(changed.conversationId(), member.withMuted(changed.muted()));
        deliveries.add(tables.putDelivery(
                new Delivery.MuteChanged(changed.conversationId(), changed.userId(), changed.muted())));
    }

    private Conversation append(ConversationRecord record) {
        return appendCounting(record, 0, 0);
    }

    private Conversation appendCounting(ConversationRecord record, int moreMembers, int moreOwners) {
        Conversation before = tables.existing(record.conversationId());
        Conversation conversation =
                before.appended(record).withCensus(before.census().plus(moreMembers, moreOwners));
        tables.putRecord(record);
        tables.putConversation(conversation);
        return conversation;
    }

    private long deliver(ConversationRecord record, String senderDeviceId, List<String> recipientIds) {
        Delivery delivery = tables.putDelivery(new Delivery.RecordAdded(record, senderDeviceId, recipientIds));
        deliveries.add(delivery);
        return delivery.number();
    }

    private List<String> everybody(String conversationId) {
        return tables.roster(tables.existing(conversationId));
    }

    private void deliverCursor(
            String conversationId, String userId, Cursor cursor, Position through, List<String> recipients) {
        deliveries.add(tables.putDelivery(new Delivery.CursorMoved(
                conversationId, userId, cursor, through.seq(), through.ordinal(), recipients)));
    }

    private static int owners(Role role) {
        return role == Role.OWNER ? 1 : 0;
    }
}
