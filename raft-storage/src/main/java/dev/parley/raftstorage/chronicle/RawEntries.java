package dev.parley.raftstorage.chronicle;

import dev.parley.raftstorage.queue.LocalQueue;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// Finds whole entries in the bytes of a segment, whatever Chronicle's headers say.
final class RawEntries {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int HEADER_BYTES = LocalQueue.ENTRY_OVERHEAD_BYTES;

    private RawEntries() {}

    /// The highest number of a whole entry, committed or not.
    ///
    /// @param first the lowest number that is looked for
    /// @return `first - 1` when there is none
    static long highestNumber(Path directory, long first) throws IOException {
        long highest = first - 1;
        for (Path file : files(directory)) {
            try (Arena arena = Arena.ofConfined();
                    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
                highest = Math.max(highest, highestNumber(bytes, first));
            }
        }
        return highest;
    }

    private static long highestNumber(MemorySegment bytes, long first) {
        long size = bytes.byteSize();
        long beyond = first + size / HEADER_BYTES;
        long highest = first - 1;
        long at = 0;
        while (at + HEADER_BYTES <= size) {
            long number = bytes.get(LONG, at);
            if (number >= first && number < beyond && isWhole(bytes, at, number)) {
                highest = Math.max(highest, number);
                // Behind its payload: what a payload says is not looked at.
                at += HEADER_BYTES + bytes.get(INT, at + 12);
            } else {
                at++;
            }
        }
        return highest;
    }

    private static boolean isWhole(MemorySegment bytes, long at, long number) {
        int length = bytes.get(INT, at + 12);
        if (length < 0 || length > LocalQueue.PAYLOAD_BYTES_MAX || at + HEADER_BYTES + length > bytes.byteSize()) {
            return false;
        }
        byte[] payload = bytes.asSlice(at + HEADER_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        return bytes.get(INT, at + 8) == Excerpts.checksum(number, payload);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            return list.filter(path -> path.toString().endsWith(".cq4")).toList();
        }
    }
}
