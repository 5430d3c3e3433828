package dev.parley.node.worker;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/// Names threads `name`, `name-2`, `name-3` as they are made; the threads are otherwise those of the other factory.
final class NumberedThreads implements ThreadFactory {
    private final String name;
    private final ThreadFactory factory;
    private final AtomicLong made = new AtomicLong();

    NumberedThreads(String name, ThreadFactory factory) {
        this.name = name;
        this.factory = factory;
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = factory.newThread(task);
        long number = made.incrementAndGet();
        thread.setName(number == 1 ? name : name + "-" + number);
        return thread;
    }
}
