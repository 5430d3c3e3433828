package dev.parley.raftstorage.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.thirdparty.com.google.protobuf.WireFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the entries of one segment file: each is its length as a variable-length integer, that many bytes, and the
/// CRC-32C of both; zeros follow the last.
final class SegmentScan {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentScan.class);

    /// Writes of a killed process stop at a page, those of a machine that lost power at a sector; both are
    /// multiples.
    private static final int SECTOR_BYTES = 512;

    private static final int LENGTH_BYTES_MAX = 5;
    private static final long FRAME_BYTES_MAX = RatisProperties.APPENDER_BYTES + LENGTH_BYTES_MAX + Integer.BYTES;

    /// Term, index, and the tag and length of the last field take no more.
    private static final int FIELDS_BYTES_MAX = 30;

    private final Path file;
    private final ByteBuffer bytes;

    /// End of the last byte that is not zero.
    private final int contentEnd;

    SegmentScan(Path file, ByteBuffer bytes) {
        this.file = file;
        this.bytes = bytes;
        int end = bytes.limit();
        while (end > 0 && bytes.get(end - 1) == 0) {
            end--;
        }
        this.contentEnd = end;
    }

    /// Reads the header.
    ///
    /// @return false if it was written only in part, so that nothing can follow
    boolean header(byte[] expected) throws DamagedLogException {
        for (int i = 0; i < expected.length; i++) {
            if (i >= contentEnd) {
                return false;
            }
            if (bytes.get(i) != expected[i]) {
                throw new DamagedLogException("wrong header: " + file);
            }
        }
        bytes.position(expected.length);
        return true;
    }

    /// Reads what follows.
    ///
    /// @param expectedIndex the log index that the next entry must have
    Found next(long expectedIndex) throws DamagedLogException {
        int start = bytes.position();
        if (start >= contentEnd) {
            return new End();
        }
        if (bytes.get(start) == 0) {
            throw new DamagedLogException("bytes after the end: file=" + file + " position=" + start);
        }
        long frame = frameBytes(start);
        if (frame <= FRAME_BYTES_MAX) {
            if (frame <= bytes.limit() - start) {
                int entryEnd = Math.toIntExact(start + frame - Integer.BYTES);
                CRC32C crc = new CRC32C();
                crc.update(bytes.duplicate().position(start).limit(entryEnd));
                if ((int) crc.getValue() == bytes.getInt(entryEnd)) {
                    return entry(start, entryEnd);
                }
            }
            if (stopsAtSector(start + frame) && lengthIsTrue(start, frame, expectedIndex)) {
                return new Incomplete(start);
            }
        }
        throw new DamagedLogException("wrong checksum or length: file=" + file + " position=" + start);
    }

    private Entry entry(int start, int entryEnd) throws DamagedLogException {
        int lengthBytes = lengthBytes(start);
        try {
            ByteBuffer body = bytes.duplicate().position(start + lengthBytes).limit(entryEnd);
            LogEntryProto entry = LogEntryProto.parseFrom(body);
            bytes.position(entryEnd + Integer.BYTES);
            return new Entry(entry);
        } catch (InvalidProtocolBufferException e) {
            throw new DamagedLogException("no entry: file=" + file + " position=" + start, e);
        }
    }

    /// Whether the content ends inside the entry, with nothing but zeros from the next border of a sector on, so
    /// that at least one byte of the entry was never written. A checksum is not zero but once in four thousand
    /// million times, so an entry that was written whole is not taken for such.
    private boolean stopsAtSector(long entryEnd) {
        long border = (contentEnd + SECTOR_BYTES - 1L) / SECTOR_BYTES * SECTOR_BYTES;
        return border < entryEnd;
    }

    /// Whether the length in front of an incomplete entry can be believed. If it had rotted, it could reach over
    /// whole entries that follow. An entry says its length twice: its last field is a message with a length of its
    /// own, which ends where the entry ends. And it must be the entry that belongs here.
    private boolean lengthIsTrue(int start, long frame, long expectedIndex) {
        int bodyStart = start + lengthBytes(start);
        long bodyBytes = frame - Integer.BYTES - lengthBytes(start);
        int present = contentEnd - bodyStart;
        if (present < FIELDS_BYTES_MAX) {
            // Too little to look at, and too little for entries that follow.
            return true;
        }
        CodedInputStream in = CodedInputStream.newInstance(
                bytes.duplicate().position(bodyStart).limit(contentEnd));
        long index = 0;
        try {
            int tag = in.readTag();
            while (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
                long value = in.readUInt64();
                if (WireFormat.getTagFieldNumber(tag) == LogEntryProto.INDEX_FIELD_NUMBER) {
                    index = value;
                }
                tag = in.readTag();
            }
            long lastFieldBytes = in.readUInt32();
            return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED
                    && index == expectedIndex
                    && in.getTotalBytesRead() + lastFieldBytes == bodyBytes;
        } catch (IOException e) {
            LOG.debug("no entry begins here: file={} position={}", file, start, e);
            return false;
        }
    }

    private int lengthBytes(int start) {
        int count = 1;
        while (count < LENGTH_BYTES_MAX && start + count < bytes.limit() && bytes.get(start + count - 1) < 0) {
            count++;
        }
        return count;
    }

    /// Bytes of length, entry and checksum together, as far as the length can be trusted.
    private long frameBytes(int start) {
        long length = 0;
        int count = lengthBytes(start);
        for (int i = 0; i < count; i++) {
            length |= (long) (bytes.get(start + i) & 0x7f) << (7 * i);
        }
        return count + length + Integer.BYTES;
    }

    /// What stands at a place.
    sealed interface Found {}

    record Entry(LogEntryProto entry) implements Found {}

    /// An entry that was written only in part, and nothing after it.
    record Incomplete(long position) implements Found {}

    record End() implements Found {}
}
