package dev.parley.cli.bench;

import dev.parley.client.ParleyClient;
import dev.parley.client.socket.WebSocketLink;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A member who receives: shows each record once and in order, as a client must, and asks for what is
/// missing. Only its reading thread touches its state while the run lasts.
final class Receiver extends BenchLink implements RoomCheck.Shown {

    /// Records that may wait for one before them; more than that, and the resync brings them again.
    private static final int STASH_MAX = 100_000;

    private final Room room;
    private final Bodies bodies;
    private final Meters meters;
    private final FrameScan scan = new FrameScan();
    private final Map<Long, String> stash = new HashMap<>();
    /// By the author's place in the room, then by number. Guarded by itself: the run's thread looks for
    /// stragglers in it.
    private final List<BitSet> shown;
    private boolean syncing;
    private long cursor;

    /// Texts that were shown twice, at two places of the conversation.
    private int duplicated;

    /// Texts that nobody in this run sent.
    private int phantoms;

    Receiver(Room room, ParleyClient user, int urlNumber, Room.Measuring measuring) {
        super(user, measuring.plan(), measuring.meters(), urlNumber);
        this.room = room;
        this.bodies = measuring.bodies();
        this.meters = measuring.meters();
        this.shown = room.authors().stream().map(_ -> new BitSet()).toList();
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
    public boolean has(int author, int number) {
        synchronized (shown) {
            return shown.get(author).get(number);
        }
    }

    @Override
    void greeted(WebSocketLink fresh) {
        stash.clear();
        startSync();
    }

    private void startSync() {
        syncing = true;
        String frame = "{\"type\":\"sync.start\",\"cursors\":{\"" + room.conversationId() + "\":" + cursor
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
        Author author = room.author(Bodies.authorOf(text)).orElse(null);
        int number = author == null ? -1 : bodies.numberOf(author.number(), text);
        if (author == null || number < 0 || number >= author.log().size()) {
            phantoms++;
        } else if (!showFirstTime(author.place(), number)) {
            duplicated++;
        } else {
            long now = System.nanoTime();
            long intended = author.log().intended(number);
            meters.delivered(intended, now);
            if (room.isGroup()
                    && author.log().received(number) == room.receivers().size()) {
                meters.deliveredToAll(intended, now);
            }
        }
    }

    private boolean showFirstTime(int author, int number) {
        synchronized (shown) {
            BitSet seen = shown.get(author);
            boolean first = !seen.get(number);
            seen.set(number);
            return first;
        }
    }
}
