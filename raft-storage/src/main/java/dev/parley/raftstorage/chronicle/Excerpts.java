package dev.parley.raftstorage.chronicle;

import dev.parley.raftstorage.queue.DamagedQueueException;
import dev.parley.raftstorage.queue.LocalQueue;
import dev.parley.raftstorage.queue.QueueEntry;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;

/// Entries as Chronicle's excerpts: number (8 bytes), CRC32C of number and payload (4), length (4), payload.
final class Excerpts {
    private static final int HEADER_BYTES = LocalQueue.ENTRY_OVERHEAD_BYTES;

    private Excerpts() {}

    static void write(ExcerptAppender appender, QueueEntry entry) {
        try (DocumentContext document = appender.writingDocument()) {
            Bytes<?> bytes = wire(document);
            bytes.writeLong(entry.number());
            bytes.writeInt(checksum(entry.number(), entry.payload()));
            bytes.writeInt(entry.payload().length);
            bytes.write(entry.payload());
        }
    }

    /// The next entry, or null if there is none.
    ///
    /// @throws DamagedQueueException if what is there is not what was written
    static @Nullable QueueEntry read(ExcerptTailer tailer) {
        try (DocumentContext document = tailer.readingDocument()) {
            return document.isPresent() ? decode(wire(document)) : null;
        }
    }

    private static QueueEntry decode(Bytes<?> bytes) {
        long length = bytes.readRemaining() - HEADER_BYTES;
        if (length < 0 || length > LocalQueue.PAYLOAD_BYTES_MAX) {
            throw new DamagedQueueException("an entry has " + length + " bytes");
        }
        long number = bytes.readLong();
        int checksum = bytes.readInt();
        int said = bytes.readInt();
        byte[] payload = new byte[(int) length];
        bytes.read(payload);
        if (said != length || number < 1 || checksum != checksum(number, payload)) {
            throw new DamagedQueueException("bad checksum of entry " + number);
        }
        return new QueueEntry(number, payload);
    }

    static int checksum(long number, byte[] payload) {
        CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
        checksum.update(payload);
        return (int) checksum.getValue();
    }

    private static Bytes<?> wire(DocumentContext document) {
        var wire = document.wire();
        if (wire == null) {
            throw new IllegalStateException("an excerpt without a wire");
        }
        return wire.bytes();
    }
}
