package dev.parley.raftstorage.ratis;

import dev.parley.raftstorage.rocks.AppliedPosition;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a group's Raft log as Ratis would (SegmentedRaftLogReader and LogSegment of 3.3.0), and finds what would
/// keep Ratis from starting.
///
/// One thing it mends: an entry at the very end of the open segment that was written only in part. Ratis
/// preallocates zeros, so what a killed process leaves is the beginning of an entry followed by zeros, which Ratis
/// takes for a wrong checksum. Such an entry was never acknowledged by this replica: Ratis counts an entry as
/// stored only after the write call and fsync that follow it have returned, and the zeros show that the write call
/// itself did not finish (killed processes) or the fsync did not (power loss). So it may go, exactly as if it had
/// not arrived, and a leader will send it again.
///
/// That conclusion needs the zeros to begin where a write can stop, at a sector's border. A damaged entry whose
/// last bytes are there is not that case: it may have been acknowledged and then rotted, as may any entry that
/// others follow. These, and whatever the tables say was applied, are damage. What cannot be told apart: a disk
/// that loses exactly the last sectors it confirmed looks like a write that did not finish.
final class LogPreflight {
    private static final Logger LOG = LoggerFactory.getLogger(LogPreflight.class);
    private static final Pattern CLOSED = Pattern.compile("log_(\\d+)-(\\d+)");
    private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d+)(?:\\..*)?");
    private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);

    private final AppliedPosition durable;
    private long firstIndex = -1;
    private long lastIndex = -1;

    private LogPreflight(AppliedPosition durable) {
        this.durable = durable;
    }

    /// Checks a group's directory.
    ///
    /// @param durable what the group's tables hold; the log must continue it
    /// @throws DamagedLogException if Ratis could not start with it, or would start with a hole
    static void check(Path groupDirectory, AppliedPosition durable) throws DamagedLogException, IOException {
        Path current = groupDirectory.resolve("current");
        checkMetadata(current);
        LogPreflight preflight = new LogPreflight(durable);
        for (Segment segment : segments(current)) {
            preflight.check(segment);
        }
        if (preflight.firstIndex > durable.logIndex() + 1) {
            throw new DamagedLogException(
                    "the log begins at " + preflight.firstIndex + ", but the tables end at " + durable.logIndex());
        }
    }

    private static void checkMetadata(Path current) throws DamagedLogException, IOException {
        Path meta = current.resolve("raft-meta");
        if (!Files.exists(meta)) {
            throw new DamagedLogException("the file with term and vote is missing: " + meta);
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(meta, StandardCharsets.UTF_8)) {
            properties.load(reader);
            Long.parseLong(properties.getProperty("term", ""));
        } catch (IllegalArgumentException e) {
            throw new DamagedLogException("the file with term and vote is unreadable: " + meta, e);
        }
        if (properties.getProperty("votedFor") == null) {
            throw new DamagedLogException("the file with term and vote names no vote: " + meta);
        }
        Path configuration = current.resolve("raft-meta.conf");
        if (Files.exists(configuration)) {
            try {
                LogEntryProto.parseFrom(Files.readAllBytes(configuration));
            } catch (InvalidProtocolBufferException e) {
                throw new DamagedLogException("the file with the voters is unreadable: " + configuration, e);
            }
        }
    }

    private static List<Segment> segments(Path current) throws IOException {
        List<Segment> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(current)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                Matcher closed = CLOSED.matcher(name);
                Matcher open = OPEN.matcher(name);
                if (closed.matches()) {
                    segments.add(
                            new Segment(file, Long.parseLong(closed.group(1)), Long.parseLong(closed.group(2)), false));
                } else if (open.matches() && Files.size(file) > 0) {
                    segments.add(new Segment(file, Long.parseLong(open.group(1)), Long.MAX_VALUE, true));
                }
            }
        }
        segments.sort(Comparator.comparingLong(Segment::start));
        return segments;
    }

    private void check(Segment segment) throws DamagedLogException, IOException {
        if (lastIndex >= 0 && segment.start() != lastIndex + 1) {
            throw new DamagedLogException("the log has a gap: after " + lastIndex + " follows "
                    + segment.file().getFileName());
        }
        SegmentScan scan = new SegmentScan(segment.file(), ByteBuffer.wrap(Files.readAllBytes(segment.file())));
        if (!scan.header(HEADER)) {
            if (!segment.open()) {
                throw new DamagedLogException("no header: " + segment.file());
            }
            return;
        }
        long expected = segment.start();
        while (expected <= segment.end()) {
            SegmentScan.Found found = scan.next(expected);
            switch (found) {
                case SegmentScan.Entry(LogEntryProto entry) -> {
                    accept(segment, entry, expected);
                    expected++;
                }
                case SegmentScan.Incomplete(long position) -> {
                    truncate(segment, position, expected);
                    return;
                }
                case SegmentScan.End() -> {
                    if (!segment.open()) {
                        throw new DamagedLogException("ends before entry " + expected + ": " + segment.file());
                    }
                    return;
                }
            }
        }
    }

    private void accept(Segment segment, LogEntryProto entry, long expected) throws DamagedLogException {
        if (entry.getIndex() != expected) {
            throw new DamagedLogException(
                    "entry " + entry.getIndex() + " stands where " + expected + " should: " + segment.file());
        }
        if (expected == durable.logIndex() && entry.getTerm() != durable.term()) {
            throw new DamagedLogException("entry " + expected + " is of term " + entry.getTerm()
                    + ", but the tables hold that of term " + durable.term());
        }
        if (firstIndex < 0) {
            firstIndex = expected;
        }
        lastIndex = expected;
    }

    private void truncate(Segment segment, long position, long index) throws DamagedLogException, IOException {
        if (!segment.open() || index <= durable.logIndex()) {
            throw new DamagedLogException("entry " + index + " is incomplete: " + segment.file());
        }
        try (FileChannel channel = FileChannel.open(segment.file(), StandardOpenOption.WRITE)) {
            channel.truncate(position);
            channel.force(true);
        }
        LOG.warn("dropped an entry written in part: file={} index={} position={}", segment.file(), index, position);
    }

    /// A file of the log.
    ///
    /// @param end the last index it holds; unknown while it is open
    private record Segment(Path file, long start, long end, boolean open) {}
}
