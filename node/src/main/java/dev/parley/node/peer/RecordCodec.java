package dev.parley.node.peer;

import dev.parley.chat.ConversationRecord;
import dev.parley.chat.RecordBody;
import dev.parley.chat.Role;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.DeliverySource;
import dev.parley.node.peer.wire.CursorMoved;
import dev.parley.node.peer.wire.DeliveryBatch;
import dev.parley.node.peer.wire.DeviceRevoked;
import dev.parley.node.peer.wire.MembershipChange;
import dev.parley.node.peer.wire.MuteChanged;
import dev.parley.node.peer.wire.Record;
import dev.parley.node.peer.wire.RecordAdded;
import dev.parley.node.peer.wire.Unreadable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Records and deliveries, to the messages of `peer.proto` and back.
final class RecordCodec {
    private RecordCodec() {}

    static Record wire(ConversationRecord record) {
        Record.Builder wire = Record.newBuilder()
                .setConversationId(record.conversationId())
                .setSeq(record.seq())
                .setOrdinal(record.ordinal())
                .setMessageId(record.messageId())
                .setSenderId(record.senderId())
                .setCreatedAtMillis(record.createdAtMillis());
        switch (record.body()) {
            case RecordBody.Text text -> wire.setText(text.text());
            case RecordBody.MembershipChange change ->
                wire.setMembershipChange(MembershipChange.newBuilder()
                        .setAction(change.action().name())
                        .setUserId(change.userId())
                        .setRole(change.role().map(Role::name).orElse("")));
        }
        return wire.build();
    }

    static ConversationRecord record(Record wire) {
        return new ConversationRecord(
                wire.getConversationId(),
                wire.getSeq(),
                wire.getOrdinal(),
                wire.getMessageId(),
                wire.getSenderId(),
                wire.getCreatedAtMillis(),
                body(wire));
    }

    /// Deliveries in batches of some bytes at most, or of one delivery: each carries all its recipients, and
    /// those of a
    /// large group are many.
    static List<DeliveryBatch> batches(DeliverySource.Batch next, int bytesMax) {
        List<DeliveryBatch> batches = new ArrayList<>();
        DeliveryBatch.Builder batch = DeliveryBatch.newBuilder();
        int bytes = 0;
        for (Delivery delivery : next.deliveries()) {
            var wire = wire(delivery);
            if (bytes > 0 && bytes + wire.getSerializedSize() > bytesMax) {
                batches.add(batch.build());
                batch = DeliveryBatch.newBuilder();
                bytes = 0;
            }
            batch.addDeliveries(wire);
            bytes += wire.getSerializedSize();
        }
        batches.add(batch.setNotedThrough(next.notedThrough()).build());
        return batches;
    }

    static List<Delivery> deliveries(DeliveryBatch batch) {
        return batch.getDeliveriesList().stream().map(RecordCodec::delivery).toList();
    }

    private static RecordBody body(Record wire) {
        return switch (wire.getBodyCase()) {
            case TEXT -> new RecordBody.Text(wire.getText());
            case MEMBERSHIP_CHANGE -> {
                MembershipChange change = wire.getMembershipChange();
                yield new RecordBody.MembershipChange(
                        RecordBody.Action.valueOf(change.getAction()),
                        change.getUserId(),
                        change.getRole().isEmpty() ? Optional.empty() : Optional.of(Role.valueOf(change.getRole())));
            }
            case BODY_NOT_SET -> throw new IllegalArgumentException("the peer sent a record of a newer release");
        };
    }

    static dev.parley.node.peer.wire.Delivery wire(Delivery delivery) {
        var wire = dev.parley.node.peer.wire.Delivery.newBuilder().setNumber(delivery.number());
        switch (delivery.event()) {
            case Delivery.RecordAdded added ->
                wire.setRecordAdded(RecordAdded.newBuilder()
                        .setRecord(wire(added.record()))
                        .setSenderDeviceId(added.senderDeviceId())
                        .addAllRecipientIds(added.recipientIds()));
            case Delivery.CursorMoved moved ->
                wire.setCursorMoved(CursorMoved.newBuilder()
                        .setConversationId(moved.conversationId())
                        .setUserId(moved.userId())
                        .setRead(moved.cursor() == Delivery.Cursor.READ)
                        .setThroughSeq(moved.throughSeq())
                        .setThroughOrdinal(moved.throughOrdinal())
                        .addAllRecipientIds(moved.recipientIds()));
            case Delivery.ListsChanged changed -> wire.setListsChanged(ListCodec.wire(changed));
            case Delivery.Retried(var content) -> wire.setRetried(DeadLetterCodec.wire(content));
            case Delivery.MuteChanged changed ->
                wire.setMuteChanged(MuteChanged.newBuilder()
                        .setConversationId(changed.conversationId())
                        .setUserId(changed.userId())
                        .setMuted(changed.muted()));
            case Delivery.DeviceRevoked revoked ->
                wire.setDeviceRevoked(
                        DeviceRevoked.newBuilder().setUserId(revoked.userId()).setDeviceId(revoked.deviceId()));
            case Delivery.Unreadable(String reason) ->
                wire.setUnreadable(Unreadable.newBuilder().setReason(reason));
        }
        return wire.build();
    }

    static Delivery delivery(dev.parley.node.peer.wire.Delivery wire) {
        return new Delivery(
                wire.getNumber(),
                switch (wire.getEventCase()) {
                    case RECORD_ADDED -> {
                        RecordAdded added = wire.getRecordAdded();
                        yield new Delivery.RecordAdded(
                                record(added.getRecord()), added.getSenderDeviceId(), added.getRecipientIdsList());
                    }
                    case CURSOR_MOVED -> {
                        CursorMoved moved = wire.getCursorMoved();
                        yield new Delivery.CursorMoved(
                                moved.getConversationId(),
                                moved.getUserId(),
                                moved.getRead() ? Delivery.Cursor.READ : Delivery.Cursor.DELIVERED,
                                moved.getThroughSeq(),
                                moved.getThroughOrdinal(),
                                moved.getRecipientIdsList());
                    }
                    case LISTS_CHANGED -> ListCodec.changed(wire.getListsChanged());
                    case RETRIED -> new Delivery.Retried(DeadLetterCodec.content(wire.getRetried()));
                    case MUTE_CHANGED ->
                        new Delivery.MuteChanged(
                                wire.getMuteChanged().getConversationId(),
                                wire.getMuteChanged().getUserId(),
                                wire.getMuteChanged().getMuted());
                    case DEVICE_REVOKED ->
                        new Delivery.DeviceRevoked(
                                wire.getDeviceRevoked().getUserId(),
                                wire.getDeviceRevoked().getDeviceId());
                    case UNREADABLE ->
                        new Delivery.Unreadable(wire.getUnreadable().getReason());
                    case EVENT_NOT_SET ->
                        throw new IllegalArgumentException("the peer sent a delivery of a newer release");
                });
    }
}
