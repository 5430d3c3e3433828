package dev.parley.node.session;

import dev.parley.chat.ConversationRecord;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.RecordBody;
import dev.parley.node.auth.DeviceDirectory;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.Delivery.CursorMoved;
import dev.parley.node.delivery.Delivery.DeviceRevoked;
import dev.parley.node.delivery.Delivery.ListChange;
import dev.parley.node.delivery.Delivery.ListsChanged;
import dev.parley.node.delivery.Delivery.MuteChanged;
import dev.parley.node.delivery.Delivery.RecordAdded;
import dev.parley.node.delivery.LiveSessions;
import dev.parley.node.delivery.TypingNotice;
import dev.parley.node.wire.Messages;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The live sessions of this node: at most one for each device of a user. Thread-safe; nothing here blocks.
///
/// Deliveries come from one thread per partition, in order; a frame is encoded once, and only if a session
/// wants it.
public final class SessionRegistry implements LiveSessions {
    private static final Logger LOG = LoggerFactory.getLogger(SessionRegistry.class);

    private final DeviceDirectory devices;
    private final SessionListener listener;
    private final SessionClock clock = new SessionClock();
    private final Positions positions;

    /// By user; the lists are never changed but replaced, so that deliveries read them without a lock.
    private final ConcurrentHashMap<String, List<Session>> sessions = new ConcurrentHashMap<>();

    private final LongAdder delivered = new LongAdder();

    public SessionRegistry(int partitions, DeviceDirectory devices, SessionListener listener) {
        this.positions = new Positions(partitions);
        this.devices = devices;
        this.listener = listener;
    }

    /// Names a new session: its id is greater than that of every session this node has opened or heard of.
    public SessionIdentity open(String userId, String deviceId, long nowMillis) {
        return SessionIdentity.open(userId, deviceId, clock.next(nowMillis));
    }

    /// Makes a session live; an older one of the device is closed with 4009.
    public void register(Session session) {
        SessionIdentity identity = session.identity();
        List<Session> replaced = new ArrayList<>(1);
        sessions.compute(identity.userId(), (_, before) -> {
            List<Session> after = new ArrayList<>();
            for (Session other : before == null ? List.<Session>of() : before) {
                boolean sameDevice = other.identity().deviceId().equals(identity.deviceId());
                (sameDevice ? replaced : after).add(other);
            }
            after.add(session);
            return List.copyOf(after);
        });
        replaced.forEach(older -> older.close(CloseCode.REPLACED));
        listener.opened(identity);
    }

    /// The session's connection has ended.
    public void unregister(Session session) {
        sessions.computeIfPresent(session.identity().userId(), (_, before) -> {
            List<Session> after =
                    before.stream().filter(other -> other != session).toList();
            return after.isEmpty() ? null : after;
        });
        listener.closed(session.identity(), session.saidGoodbye());
    }

    /// A device opened a session on another node: an older one here is closed with 4009.
    public void replaceElsewhere(String userId, String deviceId, String sessionId) {
        clock.heard(SessionIdentity.number(sessionId));
        for (Session session : of(userId)) {
            SessionIdentity here = session.identity();
            if (here.deviceId().equals(deviceId) && here.sessionId().compareTo(sessionId) < 0) {
                session.close(CloseCode.REPLACED);
            }
        }
    }

    /// Tells live sessions what happened. Called in order of number for each partition.
    @Override
    public void deliver(int partition, Delivery delivery) {
        if (delivery.event() instanceof Delivery.Unreadable) {
            missed(partition, delivery.number()); // it may have been for anybody
            return;
        }
        deliver(delivery);
        positions.delivered(partition, delivery.number());
    }

    @Override
    public void noted(int partition, long throughNumber) {
        positions.noted(partition, throughNumber);
    }

    /// How far the deliveries have come that sessions are handed.
    public Positions positions() {
        return positions;
    }

    private void deliver(Delivery delivery) {
        switch (delivery.event()) {
            case RecordAdded added -> deliver(added);
            case CursorMoved moved -> deliver(moved);
            case ListsChanged changed -> changed.changes().forEach(this::deliver);
            case MuteChanged _ -> {} // the user's list tells of it
            case Delivery.Retried _ -> {} // for the consumers of the outbox
            case Delivery.Unreadable _ -> {} // says nothing
            case DeviceRevoked(var userId, var deviceId) -> {
                devices.revoked(userId, deviceId);
                for (Session session : of(userId)) {
                    if (session.identity().deviceId().equals(deviceId)) {
                        session.close(CloseCode.DEVICE_REVOKED);
                    }
                }
            }
        }
    }

    /// Any session may be about conversations of the partition: all are closed with 4000, reconnect and catch
    /// up.
    @Override
    public void missed(int partition, long position) {
        LOG.info("sessions resynced: reason=deliveries-missed partition={}", partition);
        devices.clear();
        // Before the position moves: a session that is still open then would be told a mark over what it missed.
        forEach(session -> session.close(CloseCode.RESYNC));
        positions.delivered(partition, position);
        forEach(session -> session.close(CloseCode.RESYNC)); // those that came in between
    }

    /// Tells those of the recipients who are live here that somebody is writing.
    public void tell(TypingNotice notice) {
        byte[] frame = null;
        for (String userId : notice.recipientIds()) {
            for (Session session : of(userId)) {
                frame = frame == null
                        ? encoded(
                                new ServerFrame.MemberTyping(notice.conversationId(), notice.userId(), notice.active()))
                        : frame;
                session.sendIfRoom(frame);
            }
        }
    }

    /// The sessions that are live now.
    public List<SessionIdentity> live() {
        List<SessionIdentity> live = new ArrayList<>();
        forEach(session -> live.add(session.identity()));
        return live;
    }

    /// Whether the user has a live session on this node.
    public boolean isLive(String userId) {
        return sessions.containsKey(userId);
    }

    /// Bytes that wait for the clients of this node, in all sessions together.
    public long queuedBytes() {
        LongAdder bytes = new LongAdder();
        forEach(session -> bytes.add(session.queuedBytes()));
        return bytes.sum();
    }

    /// How many records were handed to live sessions so far, one for each session.
    public long delivered() {
        return delivered.sum();
    }

    void forEach(Consumer<Session> action) {
        sessions.values().forEach(ofUser -> ofUser.forEach(action));
    }

    private void deliver(RecordAdded added) {
        ConversationRecord record = added.record();
        byte[] frame = null;
        for (String userId : added.recipientIds()) {
            for (Session session : of(userId)) {
                boolean isSender = userId.equals(record.senderId())
                        && session.identity().deviceId().equals(added.senderDeviceId());
                if (!isSender) {
                    frame = frame == null ? encoded(new ServerFrame.MessageNew(Messages.of(record))) : frame;
                    session.live(record.conversationId(), record.seq(), frame, removes(record, userId));
                    delivered.increment();
                }
            }
        }
    }

    private void deliver(CursorMoved moved) {
        byte[] frame = null;
        for (String userId : moved.recipientIds()) {
            // A read position clears badges on the reader's other devices; a delivered one means nothing to them.
            if (moved.cursor() == Delivery.Cursor.READ || !userId.equals(moved.userId())) {
                for (Session session : of(userId)) {
                    frame = frame == null ? encoded(receipt(moved)) : frame;
                    session.send(frame);
                }
            }
        }
    }

    private void deliver(ListChange change) {
        List<Session> ofUser = of(change.userId());
        if (!ofUser.isEmpty()) {
            byte[] frame = change.notable() ? encoded(updated(change.conversationId(), change.listed())) : null;
            ofUser.forEach(session -> session.listChanged(change, frame));
        }
    }

    /// What a session is told about a conversation of its user's list.
    static ServerFrame updated(String conversationId, ListedConversation listed) {
        return new ServerFrame.ConversationUpdated(
                conversationId,
                listed.member(),
                listed.progress().headSeq(),
                listed.progress().readSeq(),
                listed.unread(),
                listed.mute().muted(),
                listed.mentioned());
    }

    private static ServerFrame receipt(CursorMoved moved) {
        return switch (moved.cursor()) {
            case READ -> new ServerFrame.ReceiptRead(moved.conversationId(), moved.userId(), moved.throughSeq());
            case DELIVERED ->
                new ServerFrame.ReceiptDelivered(moved.conversationId(), moved.userId(), moved.throughSeq());
        };
    }

    private static boolean removes(ConversationRecord record, String userId) {
        return record.body() instanceof RecordBody.MembershipChange change
                && change.userId().equals(userId)
                && (change.action() == RecordBody.Action.REMOVED || change.action() == RecordBody.Action.LEFT);
    }

    private static byte[] encoded(ServerFrame frame) {
        return WireFrames.text(FrameJson.encode(frame));
    }

    private List<Session> of(String userId) {
        return sessions.getOrDefault(userId, List.of());
    }
}
