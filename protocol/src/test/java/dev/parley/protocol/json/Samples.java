package dev.parley.protocol.json;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Rest;
import dev.parley.protocol.ServerFrame;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// One of each frame and body, with all fields and with the fewest, by the name of its golden file; the ids are
/// the
/// brief's.
final class Samples {
    private static final String CONVERSATION = "c_1001";
    private static final String CLIENT_MESSAGE = "01HZY8H6R7EM4AB4D0JQ4Q8W4K";
    private static final Instant CREATED = Instant.parse("2026-04-23T09:45:00Z");
    private static final Optional<String> REF = Optional.of("r-7");
    private static final Message TEXT =
            new Message("m_884422", CONVERSATION, 10524, "u_42", CREATED, new MessageBody.Text("ship it"));
    private static final Message MEMBERSHIP = new Message(
            "m_884423",
            CONVERSATION,
            10525,
            "u_42",
            CREATED.plusMillis(1250),
            new MessageBody.Membership("added", "u_99", Optional.of("member")));
    private static final Rest.UserPresence ONLINE = Rest.UserPresence.online("u_77");
    private static final Rest.UserPresence OFFLINE = Rest.UserPresence.offline("u_13", Optional.empty());
    private static final Rest.UserPresence LAST_SEEN = Rest.UserPresence.offline("u_99", Optional.of(CREATED));
    private static final Problem FULL_PROBLEM = new Problem(
            ErrorCode.OVERLOADED,
            "The partition p-003 has 8,192 writes waiting. Try again after retryAfterMs.",
            OptionalLong.of(250),
            "t_5f2c",
            List.of());
    private static final Problem FIELD_PROBLEM = new Problem(
            ErrorCode.INVALID_FIELD,
            "body.text is missing.",
            OptionalLong.empty(),
            "t_5f2d",
            List.of(new Problem.FieldError("body.text", "is missing")));

    static Map<String, ClientFrame> clientFrames() {
        return new TreeMap<>(Map.of(
                "message.send",
                new ClientFrame.MessageSend(
                        CONVERSATION, CLIENT_MESSAGE, new MessageBody.Text("ship it"), Optional.empty()),
                "message.send-ref",
                new ClientFrame.MessageSend(
                        CONVERSATION, CLIENT_MESSAGE, new MessageBody.Text("\"\\\n\u0001 é 船 🚢"), REF),
                "sync.start",
                new ClientFrame.SyncStart(Map.of(CONVERSATION, 10500L), Optional.empty(), REF),
                "sync.start-since",
                new ClientFrame.SyncStart(Map.of(), Optional.of(77L), Optional.empty()),
                "cursor.delivered",
                new ClientFrame.CursorDelivered(CONVERSATION, 10524, Optional.empty()),
                "cursor.read",
                new ClientFrame.CursorRead(CONVERSATION, 10524, REF),
                "typing",
                new ClientFrame.Typing(CONVERSATION, true, Optional.empty()),
                "presence.watch",
                new ClientFrame.PresenceWatch(List.of("u_77", "u_99"), List.of(CONVERSATION), REF),
                "ping",
                new ClientFrame.Ping(Optional.empty()),
                "ping-ref",
                new ClientFrame.Ping(REF)));
    }

    static Map<String, ServerFrame> serverFrames() {
        Map<String, ServerFrame> frames = new TreeMap<>();
        frames.put(
                "hello",
                new ServerFrame.Hello(
                        "s_31",
                        "u_42",
                        "dev_abc123",
                        30,
                        new ServerFrame.HelloLimits(Limits.TEXT_BYTES_MAX, Limits.FRAME_BYTES_MAX, Limits.PAGE_MAX),
                        "e_1"));
        frames.put("message.ack", ack(false, Optional.empty()));
        frames.put("message.ack-duplicate", ack(true, REF));
        frames.put("message.new", new ServerFrame.MessageNew(TEXT));
        frames.put("message.new-membership", new ServerFrame.MessageNew(MEMBERSHIP));
        frames.put("sync.batch", new ServerFrame.SyncBatch(CONVERSATION, List.of(TEXT, MEMBERSHIP)));
        frames.put("sync.done", new ServerFrame.SyncDone(78, true, REF));
        frames.put("sync.mark", new ServerFrame.SyncMark(79));
        frames.put(
                "conversation.updated",
                new ServerFrame.ConversationUpdated(CONVERSATION, true, 10524, 10521, 3, false, true));
        frames.put("receipt.delivered", new ServerFrame.ReceiptDelivered(CONVERSATION, "u_77", 10524));
        frames.put("receipt.read", new ServerFrame.ReceiptRead(CONVERSATION, "u_77", 10524));
        frames.put("typing-member", new ServerFrame.MemberTyping(CONVERSATION, "u_77", true));
        frames.put("presence.changed", new ServerFrame.PresenceChanged(List.of(ONLINE, LAST_SEEN), Optional.empty()));
        frames.put("presence.changed-ref", new ServerFrame.PresenceChanged(List.of(OFFLINE), REF));
        frames.put("drain", new ServerFrame.Drain(20, Optional.empty()));
        frames.put("drain-elsewhere", new ServerFrame.Drain(20, Optional.of("wss://chat.example.com/connect")));
        frames.put("pong", new ServerFrame.Pong(Optional.empty()));
        frames.put("pong-ref", new ServerFrame.Pong(REF));
        frames.put("error", new ServerFrame.ErrorFrame(FULL_PROBLEM, Optional.of(CLIENT_MESSAGE), REF));
        frames.put("error-fields", new ServerFrame.ErrorFrame(FIELD_PROBLEM, Optional.empty(), Optional.empty()));
        return frames;
    }

    private static ServerFrame ack(boolean duplicate, Optional<String> ref) {
        return new ServerFrame.MessageAck(CLIENT_MESSAGE, "m_884422", CONVERSATION, 10524, CREATED, duplicate, ref);
    }

    static Map<String, Rest.Body> bodies() {
        Map<String, Rest.Body> bodies = new TreeMap<>();
        bodies.put("BootstrapRequest", new Rest.BootstrapRequest("dev_abc123", "ios"));
        bodies.put(
                "BootstrapResponse",
                new Rest.BootstrapResponse(
                        "u_42", "wss://chat.example.com/connect", "sess_789", CREATED.plusSeconds(86_400)));
        bodies.put("CreateDirectRequest", new Rest.CreateDirectRequest(List.of("u_42", "u_77")));
        bodies.put(
                "CreateGroupRequest",
                new Rest.CreateGroupRequest(
                        "Release 7", List.of("u_42", "u_77", "u_99"), "01HZY8H6R7EM4AB4D0JQ4Q8W5A"));
        bodies.put("ConversationCreated", new Rest.ConversationCreated(CONVERSATION));
        bodies.put(
                "PostMessageRequest",
                new Rest.PostMessageRequest(CLIENT_MESSAGE, "u_42", new MessageBody.Text("ship it")));
        bodies.put("PostMessageResponse", new Rest.PostMessageResponse("m_884422", 10524, "accepted", CREATED, false));
        bodies.put("MessagePage", new Rest.MessagePage(List.of(TEXT, MEMBERSHIP), 10525, false));
        bodies.put("MessagePage-empty", new Rest.MessagePage(List.of(), 10525, false));
        bodies.put("ReadCursorRequest", new Rest.ReadCursorRequest("dev_abc123", 10524));
        bodies.put("ReadCursorResponse", new Rest.ReadCursorResponse(10524));
        bodies.put("AddMemberRequest", new Rest.AddMemberRequest("u_99", Optional.empty()));
        bodies.put("AddMemberRequest-role", new Rest.AddMemberRequest("u_99", Optional.of("admin")));
        bodies.put(
                "MemberList",
                new Rest.MemberList(List.of(
                        new Rest.Member("u_42", "owner", 1, 10524, 10524),
                        new Rest.Member("u_77", "member", 1, 10500, 10524))));
        bodies.put(
                "ConversationList",
                new Rest.ConversationList(List.of(directSummary(), groupSummary()), Optional.of("2"), 3, 78));
        bodies.put(
                "SyncNews",
                new Rest.SyncNews(List.of(directSummary(), groupSummary()), List.of("c_left"), 78, true, true));
        bodies.put("SyncNews-unknown", new Rest.SyncNews(List.of(), List.of(), 3, false, false));
        bodies.put("ConversationList-empty", new Rest.ConversationList(List.of(), Optional.empty(), 0, 0));
        bodies.put(
                "PushEndpointRequest", new Rest.PushEndpointRequest("fcm", "fcm-token-0123456789", Optional.empty()));
        bodies.put(
                "PushEndpointRequest-webpush",
                new Rest.PushEndpointRequest(
                        "webpush",
                        "https://push.example.org/send/abc",
                        Optional.of(new Rest.PushKeys("BPublic", "c2VjcmV0"))));
        bodies.put("MutedRequest", new Rest.MutedRequest(true));
        bodies.put("UserPresence", LAST_SEEN);
        bodies.put("UserPresence-online", ONLINE);
        bodies.put("Me", new Rest.Me("u_42", "dev_abc123", CREATED, List.of("u_13")));
        Rest.QuietHours night = new Rest.QuietHours(LocalTime.of(22, 30), LocalTime.of(7, 0), "Europe/Berlin");
        bodies.put("Settings", new Rest.Settings("contacts", true, true, Optional.empty()));
        bodies.put("Settings-quiet", new Rest.Settings("nobody", false, false, Optional.of(night)));
        bodies.put(
                "SettingsPatch",
                new Rest.SettingsPatch(
                        Optional.of("everyone"), Optional.of(false), Optional.of(true), quiet(Optional.of(night))));
        bodies.put(
                "SettingsPatch-no-quiet-hours",
                new Rest.SettingsPatch(Optional.empty(), Optional.empty(), Optional.empty(), quiet(Optional.empty())));
        bodies.put(
                "DeviceList",
                new Rest.DeviceList(List.of(
                        new Rest.Device("dev_abc123", "ios", CREATED, false),
                        new Rest.Device("dev_old", "web", CREATED, true))));
        return bodies;
    }

    private static Optional<Rest.QuietHoursChange> quiet(Optional<Rest.QuietHours> hours) {
        return Optional.of(new Rest.QuietHoursChange(hours));
    }

    private static Rest.ConversationSummary directSummary() {
        return new Rest.ConversationSummary(
                CONVERSATION,
                "direct",
                Optional.empty(),
                Optional.of("u_77"),
                10524,
                3,
                Optional.of(TEXT),
                10521,
                false,
                true);
    }

    private static Rest.ConversationSummary groupSummary() {
        return new Rest.ConversationSummary(
                "c_1002", "group", Optional.of("Release 7"), Optional.empty(), 1, 0, Optional.empty(), 1, true, false);
    }

    static Map<String, Problem> problems() {
        return new TreeMap<>(Map.of("Problem", FULL_PROBLEM, "Problem-fields", FIELD_PROBLEM));
    }

    private Samples() {}
}
