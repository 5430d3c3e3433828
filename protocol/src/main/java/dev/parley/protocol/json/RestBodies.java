package dev.parley.protocol.json;

import static dev.parley.protocol.json.JsonWriting.optional;
import static dev.parley.protocol.json.JsonWriting.string;
import static dev.parley.protocol.json.JsonWriting.strings;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Rest;
import dev.parley.protocol.Rest.ConversationSummary;
import dev.parley.protocol.Rest.Device;
import dev.parley.protocol.Rest.Member;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// The fields of each REST body.
final class RestBodies {
    private static final List<String> KINDS = List.of("direct", "group");

    static void write(Rest.Body body, JsonGenerator out) throws IOException {
        switch (body) {
            case Rest.BootstrapRequest request -> {
                string(out, "deviceId", request.deviceId());
                string(out, "platform", request.platform());
            }
            case Rest.BootstrapResponse response -> writeBootstrapResponse(response, out);
            case Rest.CreateDirectRequest(var participantIds) -> strings(out, "participantIds", participantIds);
            case Rest.CreateGroupRequest request -> {
                string(out, "title", request.title());
                strings(out, "participantIds", request.participantIds());
                string(out, "clientConversationId", request.clientConversationId());
            }
            case Rest.ConversationCreated(var conversationId) -> string(out, "conversationId", conversationId);
            case Rest.PostMessageRequest request -> {
                string(out, "clientMessageId", request.clientMessageId());
                string(out, "senderId", request.senderId());
                SharedJson.writeBody(out, request.body());
            }
            case Rest.PostMessageResponse response -> writePostMessageResponse(response, out);
            case Rest.MessagePage page -> {
                SharedJson.writeMessages(out, page.messages());
                out.writeNumberField("nextAfterSeq", page.nextAfterSeq());
                out.writeBooleanField("hasMore", page.hasMore());
            }
            case Rest.ReadCursorRequest request -> {
                string(out, "deviceId", request.deviceId());
                out.writeNumberField("readThroughSeq", request.readThroughSeq());
            }
            case Rest.ReadCursorResponse(var readThroughSeq) -> out.writeNumberField("readThroughSeq", readThroughSeq);
            case Rest.AddMemberRequest request -> {
                string(out, "userId", request.userId());
                optional(out, "role", request.role());
            }
            case Rest.MemberList(var members) -> writeMembers(members, out);
            case Rest.ConversationList list -> writeConversationList(list, out);
            case Rest.SyncNews news -> writeSyncNews(news, out);
            case Rest.MutedRequest(var muted) -> out.writeBooleanField("muted", muted);
            case Rest.PushEndpointRequest request -> writePushEndpoint(request, out);
            case Rest.Me me -> {
                string(out, "userId", me.userId());
                string(out, "deviceId", me.deviceId());
                SharedJson.writeTime(out, "createdAt", me.createdAt());
                strings(out, "blockedUserIds", me.blockedUserIds());
            }
            case Rest.Settings settings -> SettingsJson.write(settings, out);
            case Rest.SettingsPatch patch -> SettingsJson.write(patch, out);
            case Rest.UserPresence user -> {
                string(out, "userId", user.userId());
                string(out, "status", user.status());
                if (user.lastActiveAt().isPresent()) {
                    SharedJson.writeTime(
                            out, "lastActiveAt", user.lastActiveAt().get());
                }
            }
            case Rest.DeviceList(var devices) -> writeDevices(devices, out);
        }
    }

    static Rest.BootstrapRequest readBootstrapRequest(Fields in) {
        return new Rest.BootstrapRequest(
                in.id("deviceId", Limits.CLIENT_ID_LENGTH_MAX), in.oneOf("platform", Rest.PLATFORMS));
    }

    private static void writeBootstrapResponse(Rest.BootstrapResponse response, JsonGenerator out) throws IOException {
        string(out, "userId", response.userId());
        string(out, "websocketUrl", response.websocketUrl());
        string(out, "sessionToken", response.sessionToken());
        SharedJson.writeTime(out, "expiresAt", response.expiresAt());
    }

    static Rest.BootstrapResponse readBootstrapResponse(Fields in) {
        return new Rest.BootstrapResponse(
                in.string("userId"), in.string("websocketUrl"), in.string("sessionToken"), in.time("expiresAt"));
    }

    static Rest.CreateDirectRequest readCreateDirectRequest(Fields in) {
        List<String> participantIds = in.ids("participantIds", Limits.USER_ID_LENGTH_MAX, Limits.GROUP_MEMBERS_MAX);
        if (participantIds.size() != 2) {
            in.fault("participantIds", "must name the caller and one other user");
        }
        return new Rest.CreateDirectRequest(participantIds);
    }

    static Rest.CreateGroupRequest readCreateGroupRequest(Fields in) {
        return new Rest.CreateGroupRequest(
                in.storedText("title", Limits.TITLE_BYTES_MAX),
                in.ids("participantIds", Limits.USER_ID_LENGTH_MAX, Limits.GROUP_MEMBERS_MAX),
                in.id("clientConversationId", Limits.CLIENT_ID_LENGTH_MAX));
    }

    static Rest.PostMessageRequest readPostMessageRequest(Fields in) {
        return new Rest.PostMessageRequest(
                in.id("clientMessageId", Limits.CLIENT_ID_LENGTH_MAX),
                in.id("senderId", Limits.USER_ID_LENGTH_MAX),
                in.object("body", SharedJson::readPostedBody));
    }

    private static void writePostMessageResponse(Rest.PostMessageResponse response, JsonGenerator out)
            throws IOException {
        string(out, "messageId", response.messageId());
        out.writeNumberField("conversationSeq", response.conversationSeq());
        string(out, "status", response.status());
        SharedJson.writeTime(out, "createdAt", response.createdAt());
        out.writeBooleanField("duplicate", response.duplicate());
    }

    static Rest.PostMessageResponse readPostMessageResponse(Fields in) {
        return new Rest.PostMessageResponse(
                in.string("messageId"),
                in.seq("conversationSeq"),
                in.string("status"),
                in.time("createdAt"),
                in.bool("duplicate"));
    }

    static Rest.MessagePage readMessagePage(Fields in) {
        return new Rest.MessagePage(
                in.objects("messages", SharedJson::readMessage), in.seq("nextAfterSeq"), in.bool("hasMore"));
    }

    static Rest.ReadCursorRequest readReadCursorRequest(Fields in) {
        return new Rest.ReadCursorRequest(in.id("deviceId", Limits.CLIENT_ID_LENGTH_MAX), in.seq("readThroughSeq"));
    }

    private static void writePushEndpoint(Rest.PushEndpointRequest request, JsonGenerator out) throws IOException {
        string(out, "provider", request.provider());
        string(out, "token", request.token());
        if (request.keys().isPresent()) {
            out.writeObjectFieldStart("keys");
            string(out, "p256dh", request.keys().get().p256dh());
            string(out, "auth", request.keys().get().auth());
            out.writeEndObject();
        }
    }

    static Rest.PushEndpointRequest readPushEndpoint(Fields in) {
        return new Rest.PushEndpointRequest(
                in.oneOf("provider", Rest.PUSH_PROVIDERS),
                in.string("token"),
                in.optionalObject("keys", keys -> new Rest.PushKeys(keys.string("p256dh"), keys.string("auth"))));
    }

    static Rest.AddMemberRequest readAddMemberRequest(Fields in) {
        return new Rest.AddMemberRequest(
                in.id("userId", Limits.USER_ID_LENGTH_MAX),
                in.has("role") ? Optional.of(in.oneOf("role", Rest.ROLES)) : Optional.empty());
    }

    private static void writeMembers(List<Member> members, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("members");
        for (Member member : members) {
            out.writeStartObject();
            string(out, "userId", member.userId());
            string(out, "role", member.role());
            out.writeNumberField("joinedSeq", member.joinedSeq());
            out.writeNumberField("readThroughSeq", member.readThroughSeq());
            out.writeNumberField("deliveredThroughSeq", member.deliveredThroughSeq());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    static Member readMember(Fields in) {
        return new Member(
                in.string("userId"),
                in.oneOf("role", Rest.ROLES),
                in.seq("joinedSeq"),
                in.seq("readThroughSeq"),
                in.seq("deliveredThroughSeq"));
    }

    private static void writeConversationList(Rest.ConversationList list, JsonGenerator out) throws IOException {
        writeSummaries(list.conversations(), out);
        optional(out, "nextCursor", list.nextCursor());
        out.writeNumberField("unread", list.unread());
        out.writeNumberField("inboxVersion", list.inboxVersion());
    }

    private static void writeSyncNews(Rest.SyncNews news, JsonGenerator out) throws IOException {
        writeSummaries(news.conversations(), out);
        strings(out, "left", news.left());
        out.writeNumberField("inboxVersion", news.inboxVersion());
        out.writeBooleanField("hasMore", news.hasMore());
        out.writeBooleanField("resumed", news.resumed());
    }

    static Rest.SyncNews readSyncNews(Fields in) {
        return new Rest.SyncNews(
                in.objects("conversations", RestBodies::readSummary),
                in.strings("left"),
                in.seq("inboxVersion"),
                in.bool("hasMore"),
                in.bool("resumed"));
    }

    private static void writeSummaries(List<ConversationSummary> summaries, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("conversations");
        for (ConversationSummary summary : summaries) {
            out.writeStartObject();
            writeSummary(summary, out);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeSummary(ConversationSummary summary, JsonGenerator out) throws IOException {
        string(out, "conversationId", summary.conversationId());
        string(out, "kind", summary.kind());
        optional(out, "title", summary.title());
        optional(out, "peerId", summary.peerId());
        out.writeNumberField("headSeq", summary.headSeq());
        out.writeNumberField("unread", summary.unread());
        if (summary.lastMessage().isPresent()) {
            out.writeObjectFieldStart("lastMessage");
            SharedJson.writeMessage(out, summary.lastMessage().get());
            out.writeEndObject();
        }
        out.writeNumberField("readThroughSeq", summary.readThroughSeq());
        out.writeBooleanField("muted", summary.muted());
        out.writeBooleanField("mentioned", summary.mentioned());
    }

    static Rest.ConversationList readConversationList(Fields in) {
        return new Rest.ConversationList(
                in.objects("conversations", RestBodies::readSummary),
                in.optionalString("nextCursor"),
                in.seq("unread"),
                in.seq("inboxVersion"));
    }

    private static ConversationSummary readSummary(Fields in) {
        return new ConversationSummary(
                in.string("conversationId"),
                in.oneOf("kind", KINDS),
                in.optionalString("title"),
                in.optionalString("peerId"),
                in.seq("headSeq"),
                in.seq("unread"),
                in.optionalObject("lastMessage", SharedJson::readMessage),
                in.seq("readThroughSeq"),
                in.bool("muted"),
                in.bool("mentioned"));
    }

    static Rest.Me readMe(Fields in) {
        return new Rest.Me(
                in.string("userId"), in.string("deviceId"), in.time("createdAt"), in.strings("blockedUserIds"));
    }

    private static void writeDevices(List<Device> devices, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("devices");
        for (Device device : devices) {
            out.writeStartObject();
            string(out, "deviceId", device.deviceId());
            string(out, "platform", device.platform());
            SharedJson.writeTime(out, "createdAt", device.createdAt());
            out.writeBooleanField("revoked", device.revoked());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    static Rest.UserPresence readUserPresence(Fields in) {
        return new Rest.UserPresence(
                in.string("userId"), in.oneOf("status", Rest.STATUSES), in.optionalTime("lastActiveAt"));
    }

    static Device readDevice(Fields in) {
        return new Device(in.string("deviceId"), in.string("platform"), in.time("createdAt"), in.bool("revoked"));
    }

    private RestBodies() {}
}
