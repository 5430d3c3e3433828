package dev.parley.node.session;

import dev.parley.protocol.ServerFrame;
import dev.parley.protocol.json.FrameJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The client's end of a session in memory: takes what is written, at its own pace if it wants.
public final class RecordedSocket implements SessionSocket {
    private static final int WAIT_SECONDS = 10;
    private static final int CLOSE = 0x8;
    private static final int TEXT = 0x1;

    private final BlockingQueue<ServerFrame> frames = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> closeCodes = new LinkedBlockingQueue<>();
    private final Semaphore writes;
    private final Semaphore begun = new Semaphore(0);
    private final AtomicInteger writesDone = new AtomicInteger();
    private volatile boolean closed;

    private RecordedSocket(int writesAllowed) {
        writes = new Semaphore(writesAllowed);
    }

    /// Takes everything at once.
    public static RecordedSocket eager() {
        return new RecordedSocket(Integer.MAX_VALUE / 2);
    }

    /// Takes one write for each [#allowWrites].
    public static RecordedSocket stalled() {
        return new RecordedSocket(0);
    }

    void allowWrites(int count) {
        writes.release(count);
    }

    /// Waits until the next write has begun.
    void awaitWrite() throws InterruptedException {
        if (!begun.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no write began");
        }
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        begun.release();
        try {
            if (!writes.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the client took nothing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (closed) {
            throw new IOException("closed");
        }
        writesDone.incrementAndGet();
        int at = 0;
        while (at < bytes.length) {
            at = readFrame(bytes, at);
        }
    }

    @Override
    public void closeNow() {
        closed = true;
        writes.release(1);
    }

    boolean isClosed() {
        return closed;
    }

    int writesDone() {
        return writesDone.get();
    }

    /// The next frame of text.
    public ServerFrame next() throws InterruptedException {
        ServerFrame frame = frames.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (frame == null) {
            throw new AssertionError("no frame came");
        }
        return frame;
    }

    /// What came until now.
    public List<ServerFrame> taken() {
        List<ServerFrame> taken = new ArrayList<>();
        frames.drainTo(taken);
        return taken;
    }

    int closeCode() throws InterruptedException {
        Integer code = closeCodes.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (code == null) {
            throw new AssertionError("no close frame came");
        }
        return code;
    }

    private int readFrame(byte[] bytes, int start) {
        int opCode = bytes[start] & 0x0F;
        int at = start + 2;
        int length = bytes[start + 1] & 0x7F;
        int lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0;
        for (int i = 0; i < lengthBytes; i++) {
            length = (i == 0 ? 0 : length << 8) | (bytes[at++] & 0xFF);
        }
        byte[] payload = Arrays.copyOfRange(bytes, at, at + length);
        if (opCode == TEXT) {
            frames.add(FrameJson.decodeServer(payload));
        } else if (opCode == CLOSE) {
            closeCodes.add(((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF));
        }
        return at + length;
    }
}
