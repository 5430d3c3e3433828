/// Work queues on this node's disk, for what can be made again from replicated tables; and their twin in memory.
@NullMarked
package dev.parley.raftstorage.queue;

import org.jspecify.annotations.NullMarked;
