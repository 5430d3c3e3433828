package dev.parley.node.session;

import java.util.concurrent.Semaphore;

/// Bounds how many sessions of a node catch up at once, so that a storm of reconnects does not crowd out all else. The
/// others wait for their turn, in order; each session waits on one virtual thread at most.
public final class SyncPermits {
    private static final int AT_ONCE = 64;

    private final Semaphore permits = new Semaphore(AT_ONCE, true);

    void acquire() throws InterruptedException {
        permits.acquire();
    }

    void release() {
        permits.release();
    }
}
