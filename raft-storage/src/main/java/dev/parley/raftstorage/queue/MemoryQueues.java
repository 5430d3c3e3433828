package dev.parley.raftstorage.queue;

import java.util.HashMap;
import java.util.Map;

/// Queues in the memory of this process: what was closed can be opened again, as if it were on a disk.
public final class MemoryQueues implements LocalQueues {
    private final QueueLimits limits;
    private final DiskRoom disk;
    private final SetAsideListener listener;
    private final Map<String, MemoryQueue> queues = new HashMap<>();

    public MemoryQueues(QueueLimits limits, DiskRoom disk, SetAsideListener listener) {
        this.limits = limits;
        this.disk = disk;
        this.listener = listener;
    }

    @Override
    public synchronized LocalQueue open(String name, String life) {
        MemoryQueue before = queues.get(QueueName.checked(name));
        if (before != null && !before.isClosed()) {
            throw new IllegalStateException("queue " + name + " is open already");
        }
        MemoryQueue queue = new MemoryQueue(life, limits, disk);
        if (before != null && before.life().equals(life)) {
            queue.takeOver(before);
        } else if (before != null) {
            listener.setAside(name, "another life: " + before.life() + " instead of " + life);
        }
        queues.put(name, queue);
        return queue;
    }
}
