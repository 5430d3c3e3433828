package dev.parley.node.tables;

import dev.parley.chat.ConversationRecord;
import dev.parley.chat.RecordBody;
import dev.parley.chat.view.Member;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.Delivery.Cursor;
import dev.parley.node.delivery.Delivery.CursorMoved;
import dev.parley.node.delivery.Delivery.DeviceRevoked;
import dev.parley.node.delivery.Delivery.ListChange;
import dev.parley.node.delivery.Delivery.ListsChanged;
import dev.parley.node.delivery.Delivery.MuteChanged;
import dev.parley.node.delivery.Delivery.RecordAdded;
import dev.parley.node.delivery.Delivery.Retried;
import dev.parley.node.delivery.Delivery.Unreadable;
import dev.parley.node.tables.proto.CursorMovedRow;
import dev.parley.node.tables.proto.CursorValue;
import dev.parley.node.tables.proto.DeliveryRow;
import dev.parley.node.tables.proto.DeviceRevokedRow;
import dev.parley.node.tables.proto.ListChangeRow;
import dev.parley.node.tables.proto.ListsChangedRow;
import dev.parley.node.tables.proto.MuteChangedRow;
import dev.parley.node.tables.proto.RecordAddedRow;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableReader.Direction;
import dev.parley.raftstorage.table.TableReader.Next;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// The latest deliveries of a partition, for whoever missed them: a new leader, or a node that was cut off.
public final class DeliveryRows {
    /// Rows kept per partition: at 5,000 messages a second on 16 partitions the last three minutes.
    public static final int KEPT = 65_536;

    /// Rows of one read: a change of many lists is one row of 100 KB.
    private static final int READ_BYTES_MAX = 1 << 20;

    /// Number of the oldest delivery that [#read] still finds; [#next] if it finds none.
    public static long firstRetained(TableReader tables) {
        return new ChatTables(tables).counters().firstDelivery();
    }

    /// Number that the next delivery will have.
    public static long next(TableReader tables) {
        return new ChatTables(tables).counters().nextDelivery();
    }

    /// Deliveries from a number on, in order, to the members as they are now: who was removed since is not
    /// told, nor is
    /// a member told of what it may not see because it joined later.
    ///
    /// A row that cannot be read becomes a [Delivery.Unreadable].
    ///
    /// @param fromNumber not below [#firstRetained], or what lies before that is missing
    /// @param limit deliveries at most, from 1
    public static List<Delivery> read(TableReader tables, long fromNumber, int limit) {
        Reading reading = new Reading(new ChatTables(tables), new HashMap<>());
        List<Delivery> deliveries = new ArrayList<>();
        LongAdder bytes = new LongAdder();
        tables.scan(
                Table.DELIVERY.family(),
                Keys.numbered(Table.DELIVERY, fromNumber),
                Keys.end(Keys.prefix(Table.DELIVERY)),
                Direction.ASCENDING,
                (key, value) -> {
                    deliveries.add(new Delivery(Keys.lastNumber(key), reading.event(value)));
                    bytes.add(value.length);
                    return deliveries.size() < limit && bytes.sum() < READ_BYTES_MAX ? Next.CONTINUE : Next.STOP;
                });
        return deliveries;
    }

    static byte[] encode(Delivery.Event event) {
        DeliveryRow.Builder row = DeliveryRow.newBuilder();
        switch (event) {
            case RecordAdded added ->
                row.setRecordAdded(RecordAddedRow.newBuilder()
                        .setConversationId(added.record().conversationId())
                        .setSeq(added.record().seq())
                        .setSenderDeviceId(added.senderDeviceId()));
            case CursorMoved moved ->
                row.setCursorMoved(CursorMovedRow.newBuilder()
                        .setConversationId(moved.conversationId())
                        .setUserId(moved.userId())
                        .setCursor(
                                switch (moved.cursor()) {
                                    case READ -> CursorValue.CURSOR_VALUE_READ;
                                    case DELIVERED -> CursorValue.CURSOR_VALUE_DELIVERED;
                                })
                        .setThroughSeq(moved.throughSeq())
                        .setThroughOrdinal(moved.throughOrdinal())
                        .setOwnOnly(moved.ownOnly()));
            case ListsChanged changed -> row.setListsChanged(listsChanged(changed));
            case MuteChanged changed ->
                row.setMuteChanged(MuteChangedRow.newBuilder()
                        .setConversationId(changed.conversationId())
                        .setUserId(changed.userId())
                        .setMuted(changed.muted()));
            case Unreadable _ -> throw new IllegalStateException("what cannot be read is never written");
            case Retried(var content) -> row.setRetried(DeadLetterRows.content(content));
            case DeviceRevoked revoked ->
                row.setDeviceRevoked(DeviceRevokedRow.newBuilder()
                        .setUserId(revoked.userId())
                        .setDeviceId(revoked.deviceId()));
        }
        return row.build().toByteArray();
    }

    private static ListsChangedRow listsChanged(ListsChanged changed) {
        ListsChangedRow.Builder row = ListsChangedRow.newBuilder();
        for (ListChange change : changed.changes()) {
            row.addChanges(ListChangeRow.newBuilder()
                    .setUserId(change.userId())
                    .setConversationId(change.conversationId())
                    .setInboxVersion(change.inboxVersion())
                    .setDeliveryNumber(change.deliveryNumber())
                    .setNotable(change.notable())
                    .setUnreadGrew(change.unreadGrew())
                    .setListed(Rows.listedConversation(change.listed())));
        }
        return row.build();
    }

    private static ListsChanged listsChanged(ListsChangedRow row) {
        return new ListsChanged(row.getChangesList().stream()
                .map(change -> new ListChange(
                        change.getUserId(),
                        change.getConversationId(),
                        change.getInboxVersion(),
                        change.getDeliveryNumber(),
                        change.getNotable(),
                        change.getUnreadGrew(),
                        Rows.listedConversation(change.getListed())))
                .toList());
    }

    /// One call's memory of the members that it looked up, so that a busy group is scanned once, not once per
    /// row.
    private record Reading(ChatTables tables, Map<String, List<Member>> members) {

        /// One damaged row must not keep back all that follow it. These two are what decoding throws; that the
        /// disk
        /// cannot be read is another matter, and passes through.
        Delivery.Event event(byte[] value) {
            try {
                return event(Rows.parse(DeliveryRow.parser(), value));
            } catch (IllegalStateException | IllegalArgumentException e) {
                return new Unreadable(e.toString());
            }
        }

        private Delivery.Event event(DeliveryRow row) {
            return switch (row.getEventCase()) {
                case RECORD_ADDED -> recordAdded(row.getRecordAdded());
                case CURSOR_MOVED -> cursorMoved(row.getCursorMoved());
                case LISTS_CHANGED -> listsChanged(row.getListsChanged());
                case MUTE_CHANGED ->
                    new MuteChanged(
                            row.getMuteChanged().getConversationId(),
                            row.getMuteChanged().getUserId(),
                            row.getMuteChanged().getMuted());
                case DEVICE_REVOKED ->
                    new DeviceRevoked(
                            row.getDeviceRevoked().getUserId(),
                            row.getDeviceRevoked().getDeviceId());
                case RETRIED -> new Retried(DeadLetterRows.content(row.getRetried()));
                case EVENT_NOT_SET -> throw Rows.unknown("delivery", row.getUnknownFields());
            };
        }

        private RecordAdded recordAdded(RecordAddedRow row) {
            ConversationRecord record = tables.record(row.getConversationId(), row.getSeq())
                    .orElseThrow(() -> new IllegalStateException("expected record %d of %s but there is none"
                            .formatted(row.getSeq(), row.getConversationId())));
            List<String> recipients = recipients(row.getConversationId(), row.getSeq());
            if (record.body() instanceof RecordBody.MembershipChange change
                    && (change.action() == RecordBody.Action.REMOVED || change.action() == RecordBody.Action.LEFT)
                    && !recipients.contains(change.userId())) {
                recipients.add(change.userId());
            }
            return new RecordAdded(record, row.getSenderDeviceId(), recipients);
        }

        private CursorMoved cursorMoved(CursorMovedRow row) {
            Cursor cursor = switch (row.getCursor()) {
                case CURSOR_VALUE_READ -> Cursor.READ;
                case CURSOR_VALUE_DELIVERED -> Cursor.DELIVERED;
                case CURSOR_VALUE_UNSPECIFIED, UNRECOGNIZED -> throw Rows.unknown("cursor", row.getCursor());
            };
            return new CursorMoved(
                    row.getConversationId(),
                    row.getUserId(),
                    cursor,
                    row.getThroughSeq(),
                    row.getThroughOrdinal(),
                    recipients(row.getConversationId(), row.getThroughSeq()).stream()
                            .filter(userId -> !row.getOwnOnly() || userId.equals(row.getUserId()))
                            .toList());
        }

        /// Members who may see the record. A mutable list.
        private List<String> recipients(String conversationId, long seq) {
            List<String> recipients = new ArrayList<>();
            for (Member member : members.computeIfAbsent(conversationId, tables::members)) {
                if (member.joinedSeq() <= seq) {
                    recipients.add(member.userId());
                }
            }
            return recipients;
        }
    }

    private DeliveryRows() {}
}
