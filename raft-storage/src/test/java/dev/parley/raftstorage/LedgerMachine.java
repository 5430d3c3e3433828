package dev.parley.raftstorage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.raftstorage.table.Family;
import dev.parley.raftstorage.table.TableReader;
import dev.parley.raftstorage.table.TableReader.Direction;
import dev.parley.raftstorage.table.TableReader.Next;
import dev.parley.raftstorage.table.TableWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// The machine of the storage tests: a ledger that appends lines and answers each with its line number, from 1. It
/// notes what the storage owes it: that calls never overlap, that stamps never go back, that no entry comes twice.
public final class LedgerMachine implements ReplicatedMachine<String> {
    private static final byte[] LAST = "last".getBytes(UTF_8);

    /// What went wrong, one sentence each.
    public final List<String> complaints = new CopyOnWriteArrayList<>();

    /// Raft index of each entry that was reported written.
    public final List<Long> written = new CopyOnWriteArrayList<>();

    public final List<Stamp> stamps = new CopyOnWriteArrayList<>();
    public final AtomicInteger openings = new AtomicInteger();
    private final ReentrantLock busy = new ReentrantLock();
    private long lastIndex;
    private long lastMillis;

    public static List<byte[]> lines(String... lines) {
        List<byte[]> commands = new ArrayList<>();
        for (String line : lines) {
            commands.add(line.getBytes(UTF_8));
        }
        return commands;
    }

    /// All lines in order.
    public static List<String> read(TableReader tables) {
        List<String> lines = new ArrayList<>();
        tables.scan(Family.LOG, key(0), key(Long.MAX_VALUE), Direction.ASCENDING, (key, value) -> {
            lines.add(new String(value, UTF_8));
            return Next.CONTINUE;
        });
        return lines;
    }

    @Override
    public void opened(TableReader tables) {
        enter();
        openings.incrementAndGet();
        lastIndex = 0;
        lastMillis = 0;
        byte[] last = tables.get(Family.STATE, LAST);
        if (last != null) {
            ByteBuffer buffer = ByteBuffer.wrap(last);
            lastIndex = buffer.getLong();
            lastMillis = buffer.getLong();
        }
        leave();
    }

    @Override
    public List<String> apply(Stamp stamp, List<byte[]> commands, TableWriter tables) {
        enter();
        if (stamp.logIndex() <= lastIndex) {
            complaints.add("entry " + stamp.logIndex() + " after " + lastIndex);
        }
        if (stamp.epochMillis() < lastMillis) {
            complaints.add("time went back to " + stamp.epochMillis() + " from " + lastMillis);
        }
        lastIndex = stamp.logIndex();
        lastMillis = stamp.epochMillis();
        stamps.add(stamp);
        List<String> answers = new ArrayList<>();
        for (byte[] command : commands) {
            String line = new String(command, UTF_8);
            if (line.equals("bug")) {
                leave();
                throw new IllegalStateException("a bug in the machine, as ordered");
            }
            long next = lastLine(tables) + 1;
            tables.put(Family.LOG, key(next), command);
            answers.add(Long.toString(next));
        }
        tables.put(
                Family.STATE,
                LAST,
                ByteBuffer.allocate(16).putLong(lastIndex).putLong(lastMillis).array());
        leave();
        return answers;
    }

    @Override
    public void written(Stamp stamp) {
        enter();
        written.add(stamp.logIndex());
        leave();
    }

    private static long lastLine(TableReader tables) {
        long[] last = new long[1];
        tables.scan(Family.LOG, key(0), key(Long.MAX_VALUE), Direction.DESCENDING, (key, _) -> {
            last[0] = ByteBuffer.wrap(key).getLong();
            return Next.STOP;
        });
        return last[0];
    }

    private static byte[] key(long line) {
        return ByteBuffer.allocate(8).putLong(line).array();
    }

    private void enter() {
        if (!busy.tryLock()) {
            complaints.add("two calls at once, one by " + Thread.currentThread());
            busy.lock();
        }
    }

    private void leave() {
        busy.unlock();
    }
}
