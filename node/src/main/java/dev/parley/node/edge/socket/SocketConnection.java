package dev.parley.node.edge.socket;

import dev.parley.node.auth.SessionClaims;
import dev.parley.node.gate.GateException;
import dev.parley.node.session.Session;
import dev.parley.node.session.SessionIdentity;
import dev.parley.node.session.SessionRequests;
import dev.parley.node.session.SessionSocket;
import dev.parley.node.session.WireFrames;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.CloseCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.ServerFrame;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.spi.ServerConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A WebSocket after its handshake: reads frames on Helidon's connection thread and hands them to the session;
/// lends the session its socket to write to.
final class SocketConnection implements ServerConnection, SessionSocket {
    private static final Logger LOG = LoggerFactory.getLogger(SocketConnection.class);

    private final ConnectionContext context;
    private final SessionClaims claims;
    private final SocketParts parts;
    private final ConnectionCount count;
    private volatile @Nullable Session session;

    SocketConnection(ConnectionContext context, SessionClaims claims, SocketParts parts, ConnectionCount count) {
        this.context = context;
        this.claims = claims;
        this.parts = parts;
        this.count = count;
    }

    /// Serves the connection until its end. Frames are not counted by Helidon's limit of requests: sessions have bounds
    /// of their own.
    @Override
    public void handle(Limit limit) throws InterruptedException {
        try {
            SessionIdentity identity = parts.sessions()
                    .open(claims.userId(), claims.deviceId(), parts.clock().millis());
            Session opened = new Session(identity, claims.expiresAt(), this, parts.shared());
            session = opened;
            opened.send(hello(identity));
            parts.sessions().register(opened);
            opened.begin();
            try {
                serve(opened);
            } finally {
                parts.sessions().unregister(opened);
                opened.end();
            }
        } finally {
            count.leave();
        }
    }

    private void serve(Session opened) throws InterruptedException {
        try {
            closeIfRevokedMeanwhile(opened);
            read(opened);
        } catch (DataReader.InsufficientDataAvailableException | ServerConnectionException _) {
            LOG.debug("connection ended: session={}", opened.identity().sessionId());
        } catch (FrameFault e) {
            LOG.debug("frame refused: session={} reason={}", opened.identity().sessionId(), e.getMessage());
            opened.close(e.code());
            discardInput();
        } catch (RuntimeException e) {
            LOG.error("connection failed: session={}", opened.identity().sessionId(), e);
            opened.close(CloseCode.INTERNAL);
            opened.awaitClosed();
        }
    }

    /// A revocation that was delivered after the handshake looked and before the session was registered met no session.
    private void closeIfRevokedMeanwhile(Session opened) {
        try {
            parts.devices().requireValid(claims);
        } catch (ProblemException _) {
            opened.close(CloseCode.DEVICE_REVOKED);
        } catch (GateException e) {
            LOG.info(
                    "device not checked: session={} reason={}",
                    opened.identity().sessionId(),
                    e.getMessage());
            opened.close(CloseCode.TRY_AGAIN_LATER);
        }
    }

    private void read(Session opened) throws FrameFault, InterruptedException {
        FrameReader frames = new FrameReader(context.dataReader());
        SessionRequests requests = new SessionRequests(opened, parts.shared().settings(), parts.services());
        while (true) {
            Incoming frame = frames.next();
            opened.received(frames.inMessage());
            switch (frame) {
                case Incoming.Text(var utf8) -> {
                    if (opened.isOpen()) {
                        requests.handle(utf8);
                    }
                }
                case Incoming.Ping(var payload) -> opened.send(WireFrames.pong(payload));
                case Incoming.Pong _, Incoming.Fragment _ -> {}
                case Incoming.Close(var goodbye) -> {
                    if (goodbye && opened.isOpen()) { // not the echo of a close that began here
                        opened.sayGoodbye();
                    }
                    opened.close(CloseCode.NORMAL);
                    opened.awaitClosed();
                    return;
                }
            }
        }
    }

    /// Reads on without looking, so that the client gets the close frame before its connection is reset. The sweep ends
    /// it after the grace.
    private void discardInput() {
        DataReader in = context.dataReader();
        try {
            while (true) {
                in.readBuffer();
            }
        } catch (DataReader.InsufficientDataAvailableException | ServerConnectionException _) {
            LOG.debug("connection ended: user={}", claims.userId());
        }
    }

    private ServerFrame hello(SessionIdentity identity) {
        return new ServerFrame.Hello(
                identity.sessionId(),
                identity.userId(),
                identity.deviceId(),
                (int) parts.shared().settings().pingEvery().toSeconds(),
                new ServerFrame.HelloLimits(Limits.TEXT_BYTES_MAX, Limits.FRAME_BYTES_MAX, Limits.PAGE_MAX),
                parts.epoch());
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        try {
            context.dataWriter().writeNow(BufferData.create(bytes));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void closeNow() {
        try {
            context.serverSocket().close();
        } catch (UncheckedIOException e) {
            LOG.debug("socket not closed: user={} reason={}", claims.userId(), e.getMessage());
        }
    }

    /// The session's sweep watches over silence; Helidon's idle timer need not.
    @Override
    public Duration idleTime() {
        return Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
        Session opened = session;
        if (opened != null) {
            opened.end();
        } else {
            closeNow();
        }
    }
}
