package dev.parley.raftstorage.chronicle;

/// Chronicle keeps things per thread and spins: it is called from platform threads only.
final class QueueThreads {
    private QueueThreads() {}

    static void check() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a local queue was called from a virtual thread");
        }
    }
}
