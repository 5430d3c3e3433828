package dev.parley.raftstorage.chronicle;

import dev.parley.raftstorage.queue.DamagedQueueException;
import dev.parley.raftstorage.queue.QueueEntry;
import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a segment from its beginning, to know how far it is whole.
final class SegmentScan {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentScan.class);

    private final Path directory;
    private final long first;
    private long due;
    private long bytes;
    private String stop = "the file ends";

    private SegmentScan(Path directory, long first) {
        this.directory = directory;
        this.first = first;
        this.due = first;
    }

    /// The segment as far as it is whole. One broken entry behind that counts as never written: a torn tail.
    ///
    /// @throws DamagedQueueException if whole entries follow what is broken, or numbers have a hole
    static Segment scan(Path directory, long first) throws IOException {
        SegmentScan scan = new SegmentScan(directory, first);
        scan.read();
        return scan.checked();
    }

    /// Reads to the end, or to what Chronicle or the checksums do not like.
    private void read() {
        try (ChronicleQueue files = Segment.open(directory);
                ExcerptTailer tailer = files.createTailer()) {
            QueueEntry entry = Excerpts.read(tailer);
            while (entry != null) {
                if (entry.number() != due) {
                    throw new DamagedQueueException("entry " + entry.number() + " where " + due + " is due");
                }
                due++;
                bytes += entry.countedBytes();
                entry = Excerpts.read(tailer);
            }
        } catch (DamagedQueueException e) {
            stopped(String.valueOf(e.getMessage()));
        } catch (RuntimeException | AssertionError e) {
            stopped(e.toString());
        }
    }

    private void stopped(String reason) {
        stop = reason;
        LOG.warn("queue file ends early: directory={} entry={} reason={}", directory.getFileName(), due, reason);
    }

    /// Chronicle takes a zeroed header for the end, and stops at a broken one. So the bytes themselves are searched for
    /// entries behind the one that is due: a process dies within one entry, so none can be there but by damage.
    private Segment checked() throws IOException {
        long highest = RawEntries.highestNumber(directory, first);
        if (highest > due) {
            throw new DamagedQueueException(
                    "entry " + due + " is broken and entry " + highest + " behind it whole: " + stop);
        }
        return new Segment(directory, first, due - 1, bytes);
    }
}
