package dev.parley.client;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Message;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Rest;
import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import dev.parley.protocol.json.RestJson;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// One node of a [TwinCluster]: HTTP/1.1 and WebSocket by hand on a free port of the loopback, a virtual thread
/// per
/// connection.
final class TwinNode implements AutoCloseable {

    private final TwinCluster cluster;
    private final ServerSocket listening;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<Live> sessions = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    TwinNode(TwinCluster cluster) throws IOException {
        this.cluster = cluster;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("twin-accept").start(this::acceptAll);
    }

    /// WebSockets that were opened here so far.
    int connections() {
        return connections.get();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /// Stops listening and drops every connection, as a killed process would.
    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void deliver(Message message) {
        sessions.forEach(session -> session.send(new ServerFrame.MessageNew(message)));
    }

    void tell(ServerFrame frame) {
        sessions.forEach(session -> session.send(frame));
    }

    /// Sends bytes as they are, to be bad ones.
    void tellRaw(int opcode, byte[] payload) {
        sessions.forEach(session -> session.write(opcode, payload));
    }

    /// Closes every session with a code.
    void closeSessions(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] payload = Arrays.copyOf(new byte[] {(byte) (code >> 8), (byte) code}, 2 + text.length);
        System.arraycopy(text, 0, payload, 2, text.length);
        sessions.forEach(session -> session.write(8, payload));
    }

    private void acceptAll() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                open.add(socket);
                Thread.ofVirtual().name("twin-connection").start(() -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                String[] lines = readHead(in).split("\r\n");
                Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                Arrays.stream(lines).skip(1).map(line -> line.split(": ", 2)).forEach(h -> headers.put(h[0], h[1]));
                byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
                if (headers.containsKey("Upgrade")) {
                    if (cluster.upgradesToIgnore.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        in.read(); // until the client gives up
                        return;
                    }
                    upgrade(in, socket.getOutputStream(), headers);
                    return;
                }
                cluster.restCalls.add(lines[0].replace(" HTTP/1.1", ""));
                if (cluster.restCallsToDrop.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    return;
                }
                answer(socket.getOutputStream(), lines[0], headers, body);
            }
        } catch (IOException e) {
            // The client or the test dropped the connection: that is what twins are for.
            open.remove(socket);
        }
    }

    private static String readHead(DataInputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private boolean isAuthorized(Map<String, String> headers) {
        return ("Bearer " + cluster.sessionToken).equals(headers.get("Authorization"));
    }

    private void answer(OutputStream out, String request, Map<String, String> headers, byte[] body) throws IOException {
        String path = request.replaceAll("^\\S+ ([^ ?]*).*", "$1");
        Optional<Problem> problem = cluster.restProblem;
        if (problem.isEmpty() && !path.endsWith("/bootstrap") && !isAuthorized(headers)) {
            problem = Optional.of(TwinCluster.problem(ErrorCode.TOKEN_EXPIRED));
        }
        if (problem.isPresent()) {
            write(out, problem.get().code().status(), RestJson.encode(problem.get()));
            return;
        }
        Rest.Body answer = switch (path) {
            case "/v1/sessions/bootstrap" ->
                new Rest.BootstrapResponse(
                        TwinCluster.ME,
                        url().toString().replace("http", "ws") + "/connect",
                        cluster.sessionToken,
                        Instant.ofEpochSecond(4_000_000_000L));
            case "/v1/conversations" -> cluster.conversations();
            case "/v1/conversations/direct" ->
                new Rest.ConversationCreated("c_"
                        + RestJson.decodeCreateDirectRequest(body)
                                .participantIds()
                                .getLast());
            default -> request.startsWith("POST") && path.endsWith("/messages") ? post(path, body) : page(path);
        };
        write(out, 200, RestJson.encode(answer));
    }

    /// As a node does it: told to nobody's socket on the device that posted.
    private Rest.Body post(String path, byte[] body) {
        Rest.PostMessageRequest request = RestJson.decodePostMessageRequest(body);
        Map.Entry<Message, Boolean> stored = cluster.store(new ClientFrame.MessageSend(
                conversationOf(path), request.clientMessageId(), request.body(), Optional.empty()));
        Message message = stored.getKey();
        return new Rest.PostMessageResponse(
                message.messageId(), message.conversationSeq(), "accepted", message.createdAt(), stored.getValue());
    }

    private static String conversationOf(String path) {
        return path.replaceAll("^/v1/conversations/([^/]*).*", "$1");
    }

    private Rest.Body page(String path) {
        List<Message> all = cluster.after(conversationOf(path), 0);
        return new Rest.MessagePage(all, all.size(), false);
    }

    private static void write(OutputStream out, int status, byte[] body) throws IOException {
        out.write(("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\nContent-Length: " + body.length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }

    private void upgrade(DataInputStream in, OutputStream out, Map<String, String> headers) throws IOException {
        if (!isAuthorized(headers)) {
            write(out, 401, RestJson.encode(TwinCluster.problem(ErrorCode.TOKEN_EXPIRED)));
            return;
        }
        String accept = accept(headers.get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
        out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Protocol: parley.v1\r\nSec-WebSocket-Accept: " + accept + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        if (cluster.hellosToOmit.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            while (in.read() >= 0) {
                // says nothing until the client gives up
            }
            cluster.ungreetedDropped.incrementAndGet();
            return;
        }
        Live live = new Live(out);
        connections.incrementAndGet();
        sessions.add(live); // before it is greeted: what is said from then on must reach it
        live.send(new ServerFrame.Hello(
                "s_1", TwinCluster.ME, "d_1", 30, new ServerFrame.HelloLimits(4096, 65536, 200), "e_1"));
        try {
            while (live.readFrame(in)) {
                out.flush();
            }
        } finally {
            sessions.remove(live);
        }
    }

    private static Problem notAMember(String conversationId) {
        return new Problem(
                ErrorCode.NOT_A_MEMBER,
                conversationId + ": the caller is not a member of it.",
                OptionalLong.empty(),
                "t-1",
                List.of(new Problem.FieldError("cursors." + conversationId, "the caller is not a member of it")));
    }

    private static String accept(String salted) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(salted.getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// One WebSocket.
    private final class Live {

        private final OutputStream out;

        Live(OutputStream out) {
            this.out = out;
        }

        void send(ServerFrame frame) {
            write(1, FrameJson.encode(frame));
        }

        synchronized void write(int opcode, byte[] payload) {
            try {
                out.write(0x80 | opcode);
                if (payload.length < 126) {
                    out.write(payload.length);
                } else {
                    out.write(126);
                    out.write(payload.length >> 8);
                    out.write(payload.length);
                }
                out.write(payload);
                out.flush();
            } catch (IOException e) {
                sessions.remove(this); // the client went away
            }
        }

        /// Reads and serves one frame; false if the connection is to end.
        boolean readFrame(DataInputStream in) throws IOException {
            int opcode = in.readUnsignedByte() & 0x0F;
            int length = in.readUnsignedByte() & 0x7F;
            if (length == 126) {
                length = in.readUnsignedShort();
            }
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes(length);
            for (int i = 0; i < length; i++) {
                payload[i] ^= mask[i & 3];
            }
            if (opcode == 9) {
                write(10, payload);
            }
            return switch (opcode) {
                case 1 -> serve(FrameJson.decodeClient(payload));
                case 8 -> false;
                default -> true;
            };
        }

        private boolean serve(ClientFrame frame) {
            switch (frame) {
                case ClientFrame.MessageSend send -> {
                    cluster.received.add(send.clientMessageId());
                    return react(send, cluster.reaction.apply(send));
                }
                case ClientFrame.SyncStart start -> {
                    cluster.otherFrames.add(start);
                    long version = cluster.listVersion();
                    start.cursors().forEach((id, seq) -> {
                        if (cluster.removedFrom.contains(id)) {
                            send(new ServerFrame.ErrorFrame(notAMember(id), Optional.empty(), start.ref()));
                        } else {
                            cluster.after(id, seq).forEach(m -> send(new ServerFrame.SyncBatch(id, List.of(m))));
                        }
                    });
                    boolean known = start.since().orElse(0L) <= version;
                    start.since().filter(_ -> known).ifPresent(since -> sync(since, start.cursors()));
                    send(new ServerFrame.SyncDone(version, known, start.ref()));
                }
                case ClientFrame.Ping ping -> send(new ServerFrame.Pong(ping.ref()));
                case ClientFrame.CursorDelivered cursor -> cluster.otherFrames.add(cursor);
                case ClientFrame.CursorRead cursor -> cluster.otherFrames.add(cursor);
                case ClientFrame.Typing typing -> cluster.otherFrames.add(typing);
                case ClientFrame.PresenceWatch watch -> cluster.otherFrames.add(watch);
            }
            return true;
        }

        private void sync(long since, Map<String, Long> named) {
            cluster.changedSince(since).forEach((id, seq) -> {
                boolean member = !cluster.removedFrom.contains(id);
                send(new ServerFrame.ConversationUpdated(id, member, seq, 0, 0, false, false));
                if (member && !named.containsKey(id)) {
                    cluster.after(id, seq).forEach(m -> send(new ServerFrame.SyncBatch(id, List.of(m))));
                }
            });
        }

        private boolean react(ClientFrame.MessageSend send, TwinCluster.Reaction reaction) {
            switch (reaction) {
                case TwinCluster.Reaction.Acknowledge _ -> {
                    Map.Entry<Message, Boolean> stored = cluster.store(send);
                    Message message = stored.getKey();
                    send(new ServerFrame.MessageAck(
                            send.clientMessageId(),
                            message.messageId(),
                            message.conversationId(),
                            message.conversationSeq(),
                            message.createdAt(),
                            stored.getValue(),
                            send.ref()));
                }
                case TwinCluster.Reaction.StoreThenDrop _ -> {
                    cluster.store(send);
                    return false;
                }
                case TwinCluster.Reaction.Drop _ -> {
                    return false;
                }
                case TwinCluster.Reaction.Ignore _ -> {}
                case TwinCluster.Reaction.Refuse(Problem problem) ->
                    send(new ServerFrame.ErrorFrame(problem, Optional.of(send.clientMessageId()), send.ref()));
            }
            return true;
        }
    }
}
