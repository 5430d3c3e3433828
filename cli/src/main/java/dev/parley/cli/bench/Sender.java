package dev.parley.cli.bench;

import dev.parley.client.ParleyClient;
import dev.parley.client.socket.WebSocketLink;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/// The sending side of an author. In a closed loop each acknowledgement sends the next message, on the reading
/// thread;
/// in an open loop the [Pacer] sends. One lock keeps the messages of the conversation in order on the socket.
final class Sender extends BenchLink {

    private final Author author;
    private final Bodies bodies;
    private final Meters meters;
    private final SendLog log;
    private final FrameScan scan = new FrameScan();
    private final byte[] head;
    private final byte[] middle;
    private static final byte[] TAIL = "\"}}".getBytes(StandardCharsets.US_ASCII);

    private final ReentrantLock sending = new ReentrantLock();
    private final int window;

    /// Messages that the window still allows to be sent again and again; false once the time is over.
    private volatile boolean producing;

    /// Set when a message was refused for the moment: nothing new goes out until the pending ones have gone
    /// again.
    private long heldUntilNanos;

    private boolean held;

    Sender(Author author, ParleyClient user, BenchPlan plan, Bodies bodies, Meters meters) {
        super(user, plan, meters, author.number());
        this.author = author;
        this.bodies = bodies;
        this.meters = meters;
        this.log = author.log();
        this.window = plan.window().orElse(0);
        this.head = ("{\"type\":\"message.send\",\"conversationId\":\"" + author.conversationId()
                        + "\",\"clientMessageId\":\"" + author.idPrefix())
                .getBytes(StandardCharsets.UTF_8);
        this.middle = "\",\"body\":{\"kind\":\"text\",\"text\":\"".getBytes(StandardCharsets.US_ASCII);
    }

    /// Closed loop: fills the window; from then on acknowledgements keep it full.
    void produce() {
        producing = true;
        for (int i = 0; i < window; i++) {
            sendNew(System.nanoTime(), true);
        }
    }

    void stopProducing() {
        producing = false;
    }

    /// Sends one more message.
    ///
    /// @param intendedNanos when it should have been sent: latency counts from then
    void sendNew(long intendedNanos, boolean now) {
        sending.lock();
        try {
            int number = log.add(intendedNanos);
            if (held) {
                log.markResent(number);
            } else {
                send(frame(number), now);
            }
        } finally {
            sending.unlock();
        }
    }

    /// Sends the pending messages again if a pause after a refusal is over.
    void retryHeld(long nowNanos) {
        sending.lock();
        try {
            if (held && nowNanos - heldUntilNanos >= 0) {
                held = false;
                resendPending();
            }
        } finally {
            sending.unlock();
        }
    }

    @Override
    void greeted(WebSocketLink fresh) {
        sending.lock();
        try {
            held = false;
            resendPending();
        } finally {
            sending.unlock();
        }
    }

    private void resendPending() {
        for (int number : log.takePendingForResend()) {
            meters.resends.increment();
            send(frame(number), false);
        }
        drained();
    }

    @Override
    void frame(byte[] buffer, int offset, int length) {
        scan.read(buffer, offset, length, (_, _) -> {});
        switch (scan.type) {
            case "message.ack" -> acknowledged(numberOf(scan.clientMessageId), scan.seq);
            case "error" -> {
                if (!scan.clientMessageId.isEmpty()) {
                    refused(numberOf(scan.clientMessageId));
                }
            }
            default -> {} // receipts, pongs, records of others: nothing to a sender
        }
    }

    private void acknowledged(int number, long seq) {
        if (log.acknowledge(number, seq)) {
            meters.acknowledged(log.intended(number), System.nanoTime());
            if (producing && window > 0) {
                sendNew(System.nanoTime(), false);
            }
        }
    }

    private void refused(int number) {
        if (scan.retryable) {
            sending.lock();
            try {
                held = true;
                heldUntilNanos = System.nanoTime() + Author.RETRY_PAUSE.toNanos();
            } finally {
                sending.unlock();
            }
        } else if (log.settle(number, SendLog.State.REFUSED)) {
            meters.errors.increment();
            author.noteRefusal(scan.code);
            if (producing && window > 0) {
                sendNew(System.nanoTime(), false);
            }
        }
    }

    private int numberOf(String clientMessageId) {
        String prefix = author.idPrefix();
        if (!clientMessageId.startsWith(prefix)) {
            return -1;
        }
        try {
            return Integer.parseInt(clientMessageId, prefix.length(), clientMessageId.length(), 10);
        } catch (NumberFormatException e) {
            return -1; // not an id of this run
        }
    }

    private byte[] frame(int number) {
        byte[] id = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
        byte[] text = bodies.escaped(author.number(), number);
        byte[] frame = new byte[head.length + id.length + middle.length + text.length + TAIL.length];
        int at = put(frame, 0, head);
        at = put(frame, at, id);
        at = put(frame, at, middle);
        at = put(frame, at, text);
        put(frame, at, TAIL);
        return frame;
    }

    private static int put(byte[] target, int at, byte[] part) {
        System.arraycopy(part, 0, target, at, part.length);
        return at + part.length;
    }
}
