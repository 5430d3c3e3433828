package dev.parley.raftstorage.queue;

class MemoryQueuesTest extends LocalQueuesContract {
    @Override
    protected LocalQueues queues() {
        return new MemoryQueues(LIMITS, disk, (name, reason) -> setAside.add(name + ": " + reason));
    }
}
