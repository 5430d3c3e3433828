package dev.parley.protocol.json;

import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Rest;
import java.util.function.Function;

/// Bodies of REST calls to UTF-8 and back. Stateless.
///
/// A node reads requests, for which all limits of a client hold; a client reads answers. What is read with a
/// method is
/// what [#encode(Rest.Body)] wrote.
public final class RestJson {

    /// The bytes of a body.
    ///
    /// @throws IllegalArgumentException if a value of the body is no Unicode
    public static byte[] encode(Rest.Body body) {
        return JsonWriting.object(out -> RestBodies.write(body, out));
    }

    /// The bytes of an `application/problem+json`.
    public static byte[] encode(Problem problem) {
        return JsonWriting.object(out -> SharedJson.writeProblem(out, problem, SharedJson.ProblemTypeField.TYPE));
    }

    public static Problem decodeProblem(byte[] utf8) {
        return decode(utf8, SharedJson::readProblem);
    }

    public static Rest.BootstrapRequest decodeBootstrapRequest(byte[] utf8) {
        return decodeRequest(utf8, RestBodies::readBootstrapRequest);
    }

    public static Rest.CreateDirectRequest decodeCreateDirectRequest(byte[] utf8) {
        return decodeRequest(utf8, RestBodies::readCreateDirectRequest);
    }

    public static Rest.CreateGroupRequest decodeCreateGroupRequest(byte[] utf8) {
        return decodeRequest(utf8, RestBodies::readCreateGroupRequest);
    }

    public static Rest.PostMessageRequest decodePostMessageRequest(byte[] utf8) {
        return decodeRequest(utf8, RestBodies::readPostMessageRequest);
    }

    public static Rest.ReadCursorRequest decodeReadCursorRequest(byte[] utf8) {
        return decodeRequest(utf8, RestBodies::readReadCursorRequest);
    }

    public static Rest.AddMemberRequest decodeAddMemberRequest(byte[] utf8) {
        return decodeRequest(utf8, RestBodies::readAddMemberRequest);
    }

    public static Rest.PushEndpointRequest decodePushEndpointRequest(byte[] utf8) {
        return decodeRequest(utf8, RestBodies::readPushEndpoint);
    }

    public static Rest.MutedRequest decodeMutedRequest(byte[] utf8) {
        return decodeRequest(utf8, in -> new Rest.MutedRequest(in.bool("muted")));
    }

    public static Rest.SettingsPatch decodeSettingsPatch(byte[] utf8) {
        return decodeRequest(utf8, SettingsJson::readPatch);
    }

    public static Rest.BootstrapResponse decodeBootstrapResponse(byte[] utf8) {
        return decode(utf8, RestBodies::readBootstrapResponse);
    }

    public static Rest.ConversationCreated decodeConversationCreated(byte[] utf8) {
        return decode(utf8, in -> new Rest.ConversationCreated(in.string("conversationId")));
    }

    public static Rest.PostMessageResponse decodePostMessageResponse(byte[] utf8) {
        return decode(utf8, RestBodies::readPostMessageResponse);
    }

    public static Rest.MessagePage decodeMessagePage(byte[] utf8) {
        return decode(utf8, RestBodies::readMessagePage);
    }

    public static Rest.ReadCursorResponse decodeReadCursorResponse(byte[] utf8) {
        return decode(utf8, in -> new Rest.ReadCursorResponse(in.seq("readThroughSeq")));
    }

    public static Rest.MemberList decodeMemberList(byte[] utf8) {
        return decode(utf8, in -> new Rest.MemberList(in.objects("members", RestBodies::readMember)));
    }

    public static Rest.SyncNews decodeSyncNews(byte[] utf8) {
        return decode(utf8, RestBodies::readSyncNews);
    }

    public static Rest.ConversationList decodeConversationList(byte[] utf8) {
        return decode(utf8, RestBodies::readConversationList);
    }

    public static Rest.UserPresence decodeUserPresence(byte[] utf8) {
        return decode(utf8, RestBodies::readUserPresence);
    }

    public static Rest.Me decodeMe(byte[] utf8) {
        return decode(utf8, RestBodies::readMe);
    }

    public static Rest.Settings decodeSettings(byte[] utf8) {
        return decode(utf8, SettingsJson::read);
    }

    public static Rest.DeviceList decodeDeviceList(byte[] utf8) {
        return decode(utf8, in -> new Rest.DeviceList(in.objects("devices", RestBodies::readDevice)));
    }

    private static <T> T decodeRequest(byte[] utf8, Function<Fields, T> reader) {
        if (utf8.length > Limits.FRAME_BYTES_MAX) {
            throw new InvalidInput(
                    ErrorCode.TOO_LARGE,
                    "A body may have %d bytes but this has %d.".formatted(Limits.FRAME_BYTES_MAX, utf8.length));
        }
        return decode(utf8, reader);
    }

    private static <T> T decode(byte[] utf8, Function<Fields, T> reader) {
        return Fields.checked(JsonParsing.object(utf8), reader);
    }

    private RestJson() {}
}
