package dev.parley.client;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Rest;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/// An in-memory twin of a cluster: several nodes over one set of conversations, which react to each message as
/// the
/// test says. Knows one user, `u_me`, whose conversations all have the members `u_me` and `u_peer`.
final class TwinCluster implements AutoCloseable {

    static final String ME = "u_me";
    static final String PEER = "u_peer";

    /// What a node does with a message.
    sealed interface Reaction {
        /// Stores it and says so.
        record Acknowledge() implements Reaction {}

        /// Stores it and drops the connection instead of saying so.
        record StoreThenDrop() implements Reaction {}

        /// Drops the connection and forgets the message.
        record Drop() implements Reaction {}

        /// Says nothing at all.
        record Ignore() implements Reaction {}

        record Refuse(Problem problem) implements Reaction {}
    }

    final List<TwinNode> nodes = new ArrayList<>();
    private final List<Message> everything = new ArrayList<>();
    final List<String> received = new CopyOnWriteArrayList<>();
    final List<ClientFrame> otherFrames = new CopyOnWriteArrayList<>();
    volatile Function<ClientFrame.MessageSend, Reaction> reaction = _ -> new Reaction.Acknowledge();

    /// Which records are delivered live; the others must be found by resync.
    volatile Predicate<Message> deliverLive = _ -> true;

    /// The session token that is taken; changing it makes the others expire.
    volatile String sessionToken = "sess_1";

    /// If set, answers every REST call with this problem.
    volatile Optional<Problem> restProblem = Optional.empty();

    /// How many of the next REST calls are read and then cut off without an answer.
    final AtomicInteger restCallsToDrop = new AtomicInteger();

    /// How many of the next upgrades are never answered.
    final AtomicInteger upgradesToIgnore = new AtomicInteger();

    /// How many of the next WebSockets are opened and never greeted.
    final AtomicInteger hellosToOmit = new AtomicInteger();

    /// WebSockets that were not greeted and that the client has dropped.
    final AtomicInteger ungreetedDropped = new AtomicInteger();

    /// Conversations that this user was removed from: no longer listed, and a sync of them is refused.
    final Set<String> removedFrom = ConcurrentHashMap.newKeySet();

    /// `METHOD path` of each REST call.
    final List<String> restCalls = new CopyOnWriteArrayList<>();

    private final Map<String, List<Message>> logs = new HashMap<>();
    private final Map<String, Message> byClientId = new HashMap<>();

    static TwinCluster of(int nodeCount) throws IOException {
        TwinCluster cluster = new TwinCluster();
        for (int i = 0; i < nodeCount; i++) {
            cluster.nodes.add(new TwinNode(cluster));
        }
        return cluster;
    }

    List<URI> urls() {
        return nodes.stream().map(TwinNode::url).toList();
    }

    @Override
    public void close() {
        nodes.forEach(TwinNode::close);
    }

    /// WebSockets that were opened so far, at all nodes.
    int connections() {
        return nodes.stream().mapToInt(TwinNode::connections).sum();
    }

    /// Stores a record of the other user and delivers it.
    Message peerSays(String conversationId, String text) {
        Message message;
        synchronized (this) {
            message = append(conversationId, PEER, text);
        }
        deliver(message);
        return message;
    }

    /// Removes this user, and delivers the record that says so.
    void removeMe(String conversationId) {
        Message farewell;
        synchronized (this) {
            farewell = append(conversationId, PEER, new MessageBody.Membership("removed", ME, Optional.empty()));
            removedFrom.add(conversationId);
        }
        deliver(farewell);
    }

    synchronized Message append(String conversationId, String senderId, String text) {
        return append(conversationId, senderId, new MessageBody.Text(text));
    }

    private Message append(String conversationId, String senderId, MessageBody body) {
        List<Message> log = logs.computeIfAbsent(conversationId, _ -> new ArrayList<>());
        long seq = log.size() + 1L;
        Message message = new Message(
                "m_" + conversationId + "_" + seq,
                conversationId,
                seq,
                senderId,
                Instant.ofEpochMilli(1_700_000_000_000L + seq),
                body);
        log.add(message);
        everything.add(message);
        return message;
    }

    /// Stores a message of this user, or finds it again.
    ///
    /// @return it, and whether it was there before
    synchronized Map.Entry<Message, Boolean> store(ClientFrame.MessageSend send) {
        Message known = byClientId.get(send.clientMessageId());
        if (known != null) {
            return Map.entry(known, true);
        }
        Message message = append(send.conversationId(), ME, ((MessageBody.Text) send.body()).text());
        byClientId.put(send.clientMessageId(), message);
        return Map.entry(message, false);
    }

    void deliver(Message message) {
        if (deliverLive.test(message)) {
            nodes.forEach(node -> node.deliver(message));
        }
    }

    synchronized List<Message> after(String conversationId, long seq) {
        List<Message> log = logs.getOrDefault(conversationId, List.of());
        return List.copyOf(log.subList((int) Math.min(seq, log.size()), log.size()));
    }

    /// What the list of this user knows: one version for each record.
    synchronized long listVersion() {
        return everything.size();
    }

    /// The conversations that changed after a version, with the records before their first change.
    synchronized Map<String, Long> changedSince(long version) {
        Map<String, Long> changed = new TreeMap<>();
        everything
                .subList((int) version, everything.size())
                .forEach(record -> changed.putIfAbsent(record.conversationId(), record.conversationSeq() - 1));
        return changed;
    }

    synchronized List<String> texts(String conversationId) {
        return after(conversationId, 0).stream()
                .map(message -> ((MessageBody.Text) message.body()).text())
                .toList();
    }

    synchronized Rest.ConversationList conversations() {
        return new Rest.ConversationList(
                logs.entrySet().stream()
                        .filter(log -> !removedFrom.contains(log.getKey()))
                        .map(log -> new Rest.ConversationSummary(
                                log.getKey(),
                                "direct",
                                Optional.empty(),
                                Optional.of(PEER),
                                log.getValue().size(),
                                0,
                                Optional.empty(),
                                0,
                                false,
                                false))
                        .toList(),
                Optional.empty(),
                0,
                everything.size());
    }

    static Problem problem(ErrorCode code) {
        return new Problem(code, "the test says so", OptionalLong.empty(), "t-1", List.of());
    }
}
