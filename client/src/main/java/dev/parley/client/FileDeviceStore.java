package dev.parley.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keeps the cursors in a file: one line `conversationId seq` per advance, the last of a conversation counts,
/// and the
/// file
/// is rewritten when it has grown long. A line that a crash cut short names a smaller number or nothing, which
/// is
/// harmless.
/// Not synced to the disk: after a power cut a few records are shown again, which a listener must bear in any
/// case.
public final class FileDeviceStore implements DeviceStore, AutoCloseable {

    private static final Pattern LINE = Pattern.compile("(\\S{1,256}) (\\d{1,18})");
    private static final Pattern EPOCH_LINE = Pattern.compile("epoch (\\S{1,256})");
    private static final int LINES_SPARE = 10_000;

    private final Path file;
    /// What stands for the list where else a conversation's id stands, which always begins with `c_`.
    private static final String LIST = "list";

    /// What begins the line that names the epoch.
    private static final String EPOCH = "epoch";

    private final Map<String, Long> cursors = new HashMap<>();
    private OptionalLong listVersion = OptionalLong.empty();
    private Optional<String> epoch = Optional.empty();
    private FileChannel channel;
    private int lines;

    private FileDeviceStore(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            read();
        }
        this.channel = rewrite();
    }

    /// Opens the file, which is made if there is none.
    public static FileDeviceStore open(Path file) {
        try {
            return new FileDeviceStore(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the device's cursors in " + file, e);
        }
    }

    @Override
    public synchronized Optional<String> epoch() {
        return epoch;
    }

    @Override
    public synchronized void enter(String newEpoch) {
        if (epoch.isPresent() && epoch.get().equals(newEpoch)) {
            return;
        }
        if (epoch.isPresent()) {
            cursors.clear();
            listVersion = OptionalLong.empty();
        }
        epoch = Optional.of(newEpoch);
        try {
            channel.close();
            channel = rewrite();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the device's cursors to " + file, e);
        }
    }

    @Override
    public synchronized Map<String, Long> cursors() {
        return Map.copyOf(cursors);
    }

    @Override
    public synchronized void advance(String conversationId, long processedThroughSeq) {
        cursors.merge(conversationId, processedThroughSeq, Math::max);
        write(conversationId, processedThroughSeq);
    }

    @Override
    public synchronized OptionalLong listVersion() {
        return listVersion;
    }

    @Override
    public synchronized void advanceList(long inboxVersion) {
        listVersion = OptionalLong.of(inboxVersion);
        write(LIST, inboxVersion);
    }

    private void write(String name, long number) {
        try {
            if (lines > cursors.size() + LINES_SPARE) {
                channel.close();
                channel = rewrite();
            } else {
                append(channel, name, number);
                lines++;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the device's cursors to " + file, e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the device's cursors in " + file, e);
        }
    }

    private void read() throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        text.lines().forEach(line -> {
            Matcher epochLine = EPOCH_LINE.matcher(line);
            if (epochLine.matches()) {
                epoch = Optional.of(epochLine.group(1));
                return;
            }
            Matcher entry = LINE.matcher(line);
            if (entry.matches() && entry.group(1).equals(LIST)) {
                listVersion = OptionalLong.of(Long.parseLong(entry.group(2)));
            } else if (entry.matches()) {
                cursors.merge(entry.group(1), Long.parseLong(entry.group(2)), Math::max);
            }
        });
    }

    private FileChannel rewrite() throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            if (epoch.isPresent()) {
                append(out, EPOCH + " " + epoch.get());
            }
            for (Map.Entry<String, Long> cursor : cursors.entrySet()) {
                append(out, cursor.getKey(), cursor.getValue());
            }
            if (listVersion.isPresent()) {
                append(out, LIST, listVersion.getAsLong());
            }
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        lines = cursors.size();
        return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    private static void append(FileChannel out, String conversationId, long seq) throws IOException {
        append(out, conversationId + " " + seq);
    }

    private static void append(FileChannel out, String text) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            out.write(line);
        }
    }
}
