package dev.parley.raftstorage.chronicle;

import dev.parley.raftstorage.queue.DamagedQueueException;
import dev.parley.raftstorage.queue.DiskRoom;
import dev.parley.raftstorage.queue.LocalQueue;
import dev.parley.raftstorage.queue.LocalQueues;
import dev.parley.raftstorage.queue.QueueLimits;
import dev.parley.raftstorage.queue.QueueName;
import dev.parley.raftstorage.queue.SetAsideListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The queues in a directory.
public final class ChronicleQueues implements LocalQueues {
    private static final Logger LOG = LoggerFactory.getLogger(ChronicleQueues.class);

    private final Path root;
    private final QueueLimits limits;
    private final DiskRoom disk;
    private final Clock clock;
    private final SetAsideListener listener;

    /// Touches no disk yet.
    ///
    /// @param root holds a directory per queue; on a local disk
    /// @param clock gives the time in the name of what is set aside
    public ChronicleQueues(Path root, QueueLimits limits, DiskRoom disk, Clock clock, SetAsideListener listener) {
        this.root = root;
        this.limits = limits;
        this.disk = disk;
        this.clock = clock;
        this.listener = listener;
    }

    @Override
    public LocalQueue open(String name, String life) {
        QueueThreads.check();
        try {
            QueueDirectory directory = new QueueDirectory(root, QueueName.checked(name));
            boolean opened = false;
            try {
                List<Segment> segments = load(directory, name, life);
                directory.begin(life);
                LocalQueue queue = new ChronicleLocalQueue(directory, segments, limits, disk);
                opened = true;
                return queue;
            } finally {
                if (!opened) {
                    directory.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Segment> load(QueueDirectory directory, String name, String life) throws IOException {
        String reason;
        try {
            return directory.load(life);
        } catch (DamagedQueueException e) {
            reason = String.valueOf(e.getMessage());
        } catch (RuntimeException | IOException | AssertionError e) {
            reason = "cannot be opened: " + e;
        }
        LOG.warn("queue set aside: name={} reason={}", name, reason);
        directory.setAside(clock);
        listener.setAside(name, reason);
        return List.of();
    }
}
