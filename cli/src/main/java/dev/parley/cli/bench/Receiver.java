package dev.parley.cli.bench;

import dev.parley.client.ParleyClient;
import dev.parley.client.socket.WebSocketLink;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// The receiving half of a pair: shows each record once and in order, as a client must, and asks for what is
/// missing. Only its reading thread touches its state while the run lasts.
final class Receiver extends BenchLink implements PairCheck.Shown {

    /// Records that may wait for one before them; more than that, and the resync brings them again.
    private static final int STASH_MAX = 100_000;

    private final Pair pair;
    private final Bodies bodies;
    private final Meters meters;
    private final FrameScan scan = new FrameScan();
    private final Map<Long, String> stash = new HashMap<>();
    /// By number. Guarded by itself: the run's thread looks for stragglers in it.
    private final BitSet shown = new BitSet();
    private boolean syncing;
    private long cursor;

    /// Texts that were shown twice, at two places of the conversation.
    private int duplicated;

    /// Texts that nobody in this run sent.
    private int phantoms;

    Receiver(Pair pair, ParleyClient user, BenchPlan plan, Bodies bodies, Meters meters) {
        super(user, plan, meters, pair.number() + 1);
        this.pair = pair;
        this.bodies = bodies;
        this.meters = meters;
    }

    @Override
    public int duplicated() {
        return duplicated;
    }

    @Override
    public int phantoms() {
        return phantoms;
    }

    @Override
    public boolean has(int number) {
        synchronized (shown) {
            return shown.get(number);
        }
    }

    @Override
    void greeted(WebSocketLink fresh) {
        stash.clear();
        startSync();
    }

    private void startSync() {
        syncing = true;
        String frame = "{\"type\":\"sync.start\",\"cursors\":{\"" + pair.conversationId() + "\":" + cursor
                + "},\"ref\":\"bench\"}";
        send(frame.getBytes(StandardCharsets.UTF_8), true);
    }

    @Override
    void frame(byte[] buffer, int offset, int length) {
        scan.read(buffer, offset, length, this::synced);
        switch (scan.type) {
            case "message.new" -> live(scan.seq, scan.text);
            case "sync.done" -> syncDone();
            case "error" -> {
                if (scan.ref.equals("bench")) {
                    startSync(); // no leader just now: the server waited for one before it said so
                }
            }
            default -> {} // receipts and the like
        }
    }

    private void live(long seq, String text) {
        if (seq <= cursor) {
            meters.redelivered.increment();
        } else if (seq == cursor + 1) {
            show(seq, text);
            showStashed();
        } else if (stash.size() < STASH_MAX) {
            stash.put(seq, text);
            if (!syncing) {
                meters.liveGaps.increment();
                startSync();
            }
        }
    }

    private void synced(long seq, String text) {
        if (seq == cursor + 1) {
            show(seq, text);
        } else if (seq > cursor + 1) {
            stash.put(seq, text);
        }
    }

    private void syncDone() {
        syncing = false;
        showStashed();
        if (!stash.isEmpty()) {
            startSync();
        }
    }

    private void showStashed() {
        while (!stash.isEmpty()) {
            String text = stash.remove(cursor + 1);
            if (text == null) {
                stash.keySet().removeIf(seq -> seq <= cursor);
                return;
            }
            show(cursor + 1, text);
        }
    }

    private void show(long seq, String text) {
        cursor = seq;
        if (text.isEmpty()) {
            return; // a membership record
        }
        int number = bodies.numberOf(pair.number(), text);
        if (number < 0 || number >= pair.log().size()) {
            phantoms++;
        } else if (!showFirstTime(number)) {
            duplicated++;
        } else {
            meters.delivered(pair.log().intended(number), System.nanoTime());
        }
    }

    private boolean showFirstTime(int number) {
        synchronized (shown) {
            boolean first = !shown.get(number);
            shown.set(number);
            return first;
        }
    }
}
