package dev.parley.client;

import dev.parley.client.NodeCalls.Call;
import dev.parley.client.socket.WebSocketLink;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// One user on one device. The calls block (run them on virtual threads), go to whichever node answers, and are
/// repeated
/// until the deadline where that is harmless; every failure is a [ParleyException]. [#connect] opens the live
/// session.
/// Safe for several threads.
public final class ParleyClient implements AutoCloseable {

    private static final int PAGE = Limits.PAGE_MAX;

    private final ClientOptions options;
    private final NodeCalls calls;
    private final Optional<HttpClient> ownHttp;
    private final List<LiveSession> sessions = new CopyOnWriteArrayList<>();

    public ParleyClient(ClientOptions options) {
        HttpClient http = newHttp(options.timing().connect());
        this.options = options;
        this.calls = new NodeCalls(options, http);
        this.ownHttp = Optional.of(http);
    }

    /// One of many clients of a program, which share their HTTP connections.
    ///
    /// @param http from [#newHttp]; stays open when this client is closed
    public ParleyClient(ClientOptions options, HttpClient http) {
        this.options = options;
        this.calls = new NodeCalls(options, http);
        this.ownHttp = Optional.empty();
    }

    public static HttpClient newHttp(Duration connectTimeout) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connectTimeout)
                .build();
    }

    /// The caller's user id; the first call of any kind makes the session with a node.
    public String userId() {
        return calls.session().response().userId();
    }

    /// Opens the live session: it sends and receives, reconnects and resumes until it is closed.
    ///
    /// @param store what the device has seen; records after it are shown
    /// @param listener is called on one thread, one call at a time
    public LiveSession connect(DeviceStore store, SessionListener listener) {
        LiveSession session = LiveSession.open(options, calls, store, listener);
        sessions.removeIf(LiveSession::hasEnded);
        sessions.add(session);
        return session;
    }

    /// A bare WebSocket of this user, for programs that do their own bookkeeping, such as the bench.
    ///
    /// @param node one of the base URLs
    /// @throws IOException if it cannot be opened now
    public WebSocketLink openLink(URI node) throws IOException {
        return ConnectionLoop.openLink(calls.session(), node, options.timing().connect());
    }

    /// The direct conversation with another user, made if there is none.
    public String direct(String peerId) {
        Rest.CreateDirectRequest request = new Rest.CreateDirectRequest(List.of(userId(), peerId));
        return calls.call(Call.post("/v1/conversations/direct", request), RestJson::decodeConversationCreated)
                .conversationId();
    }

    /// A new group of the caller and others.
    public String group(String title, List<String> participantIds) {
        Rest.CreateGroupRequest request = new Rest.CreateGroupRequest(
                title, participantIds, UUID.randomUUID().toString());
        return calls.call(Call.post("/v1/conversations/group", request), RestJson::decodeConversationCreated)
                .conversationId();
    }

    /// All conversations of the caller.
    public List<Rest.ConversationSummary> conversations() {
        return list(calls).conversations();
    }

    /// A user's list.
    ///
    /// @param inboxVersion of its first page: what changed while the others were read has changed since
    record Listed(List<Rest.ConversationSummary> conversations, long inboxVersion) {}

    static Listed list(NodeCalls calls) {
        List<Rest.ConversationSummary> all = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        OptionalLong version = OptionalLong.empty();
        do {
            String from = cursor.map(value -> "&cursor=" + encoded(value)).orElse("");
            Rest.ConversationList page =
                    calls.call(Call.get("/v1/conversations?limit=" + PAGE + from), RestJson::decodeConversationList);
            all.addAll(page.conversations());
            cursor = page.nextCursor();
            version = version.isPresent() ? version : OptionalLong.of(page.inboxVersion());
        } while (cursor.isPresent());
        return new Listed(all, version.getAsLong());
    }

    /// Says where pushes for this device go while no session of the user is live.
    public void pushTo(Rest.PushEndpointRequest endpoint) {
        calls.call(Call.post(pushPath(), endpoint), answer -> answer.length);
    }

    /// No more pushes for this device: called before another user takes it over.
    public void pushNowhere() {
        calls.call(new Call("DELETE", pushPath(), Optional.empty(), true), answer -> answer.length);
    }

    private String pushPath() {
        return "/v1/devices/" + encoded(options.deviceId()) + "/push-endpoints";
    }

    public List<Rest.Member> members(String conversationId) {
        return calls.call(Call.get(path(conversationId, "members")), RestJson::decodeMemberList)
                .members();
    }

    public void addMember(String conversationId, String userId) {
        Rest.AddMemberRequest request = new Rest.AddMemberRequest(userId, Optional.empty());
        calls.call(Call.post(path(conversationId, "members"), request).onceOnly(), answer -> answer.length);
        refresh(conversationId, Long.MAX_VALUE);
    }

    /// Removes a member; oneself to leave.
    public void removeMember(String conversationId, String userId) {
        String path = path(conversationId, "members") + "/" + encoded(userId);
        calls.call(new Call("DELETE", path, Optional.empty(), false), answer -> answer.length);
        refresh(conversationId, Long.MAX_VALUE);
    }

    /// Posts a message over REST.
    ///
    /// @param clientMessageId chosen by the caller, once per message: it makes a repetition harmless
    public Rest.PostMessageResponse post(String conversationId, String clientMessageId, String text) {
        Rest.PostMessageRequest request =
                new Rest.PostMessageRequest(clientMessageId, userId(), new MessageBody.Text(text));
        Rest.PostMessageResponse answer =
                calls.call(Call.post(path(conversationId, "messages"), request), RestJson::decodePostMessageResponse);
        refresh(conversationId, answer.conversationSeq());
        return answer;
    }

    /// A node tells a change to all devices but the one that made it: its own live session must ask.
    private void refresh(String conversationId, long throughSeq) {
        sessions.forEach(session -> session.refresh(conversationId, throughSeq));
    }

    /// A page of records after a sequence number, oldest first.
    public Rest.MessagePage history(String conversationId, long afterSeq, int limit) {
        String query = "?afterSeq=" + afterSeq + "&limit=" + limit;
        return calls.call(Call.get(path(conversationId, "messages") + query), RestJson::decodeMessagePage);
    }

    /// The last records before a sequence number, oldest first.
    public Rest.MessagePage historyBefore(String conversationId, long beforeSeq, int limit) {
        String query = "?beforeSeq=" + beforeSeq + "&limit=" + limit;
        return calls.call(Call.get(path(conversationId, "messages") + query), RestJson::decodeMessagePage);
    }

    /// Every record of a conversation that the caller may see, in order, page by page.
    public void readAll(String conversationId, Consumer<Message> reader) {
        long after = 0;
        Rest.MessagePage page;
        do {
            page = history(conversationId, after, PAGE);
            page.messages().forEach(reader);
            after = page.nextAfterSeq();
        } while (page.hasMore());
    }

    /// Moves the caller's read position forward.
    ///
    /// @return the position now, which is never lower than before
    public long markRead(String conversationId, long readThroughSeq) {
        Rest.ReadCursorRequest request = new Rest.ReadCursorRequest(options.deviceId(), readThroughSeq);
        return calls.call(Call.post(path(conversationId, "read-cursors"), request), RestJson::decodeReadCursorResponse)
                .readThroughSeq();
    }

    /// Whether another user is here, as far as the caller may know.
    public Rest.UserPresence presence(String userId) {
        return calls.call(Call.get("/v1/users/" + encoded(userId) + "/presence"), RestJson::decodeUserPresence);
    }

    public Rest.Me me() {
        return calls.call(Call.get("/v1/me"), RestJson::decodeMe);
    }

    public List<Rest.Device> devices() {
        return calls.call(Call.get("/v1/devices"), RestJson::decodeDeviceList).devices();
    }

    /// Revokes a device of the caller: its socket is closed, its tokens are good for nothing.
    public void revokeDevice(String deviceId) {
        String path = "/v1/devices/" + encoded(deviceId);
        calls.call(new Call("DELETE", path, Optional.empty(), true), answer -> answer.length);
    }

    @Override
    public void close() {
        calls.close();
        ownHttp.ifPresent(HttpClient::shutdownNow);
    }

    private static String path(String conversationId, String rest) {
        return "/v1/conversations/" + encoded(conversationId) + "/" + rest;
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
