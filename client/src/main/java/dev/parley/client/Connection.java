package dev.parley.client;

import dev.parley.client.socket.Closed;
import dev.parley.client.socket.FrameHandler;
import dev.parley.client.socket.WebSocketLink;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.json.FrameJson;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of a live session with its writer thread: whoever has something to send only puts it into a bounded
/// queue, so that a server that takes nothing can block nobody but the writer.
final class Connection {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    private static final byte[] END = {};

    private final WebSocketLink link;
    private final BlockingQueue<byte[]> outgoing;
    private final Thread writer;

    Connection(WebSocketLink link, int outgoingMax) {
        this.link = link;
        this.outgoing = new ArrayBlockingQueue<>(outgoingMax);
        this.writer = Thread.ofVirtual().name("parley-client-writer").start(this::writeAll);
    }

    /// Reads until the connection ends. Called once, by the session's thread.
    Closed read(FrameHandler handler) {
        try {
            return link.read(handler);
        } finally {
            end();
        }
    }

    /// Queues a frame for the writer. A queue that is full means a server that has stopped reading: the connection is
    /// dropped, and what was queued is sent on the next one.
    void send(ClientFrame frame) {
        if (!outgoing.offer(FrameJson.encode(frame))) {
            log.warn("connection dropped: reason=the-server-does-not-read queuedFrames={}", outgoing.size());
            link.abort();
        }
    }

    void send(List<ClientFrame> frames) {
        frames.forEach(this::send);
    }

    Duration silence() {
        return link.silence();
    }

    void close() {
        link.close();
    }

    void abort() {
        link.abort();
    }

    private void end() {
        outgoing.clear();
        if (!outgoing.offer(END)) {
            writer.interrupt(); // filled again meanwhile: the writer ends either way
        }
    }

    private void writeAll() {
        List<byte[]> batch = new ArrayList<>();
        try {
            while (true) {
                batch.add(outgoing.take());
                outgoing.drainTo(batch);
                for (byte[] frame : batch) {
                    if (frame.length == 0) { // END: no frame of JSON is empty
                        return;
                    }
                    link.sendLater(frame);
                }
                link.flush();
                batch.clear();
            }
        } catch (IOException e) {
            log.debug("connection lost: reason={}", e.getMessage()); // the reader sees the same and says so
            link.abort();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            link.abort();
        }
    }
}
