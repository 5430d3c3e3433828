package dev.parley.node.peer;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A stream of replies that waits while the receiver is slow, so that nothing piles up here.
///
/// Must be made before the call's method returns to gRPC. One thread sends; gRPC's threads wake it.
final class PacedReplies<T> {
    private final ServerCallStreamObserver<T> replies;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Runnable whenCancelled = () -> {};

    PacedReplies(ServerCallStreamObserver<T> replies) {
        this.replies = replies;
        replies.setOnReadyHandler(this::wake);
        replies.setOnCancelHandler(() -> {
            wake();
            whenCancelled().run();
        });
    }

    void onCancel(Runnable action) {
        lock.lock();
        try {
            whenCancelled = action;
        } finally {
            lock.unlock();
        }
        if (replies.isCancelled()) {
            action.run();
        }
    }

    /// Sends one reply once the receiver is ready for it; drops it when the receiver is gone.
    void send(T reply) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!replies.isReady() && !replies.isCancelled()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
        if (!replies.isCancelled()) {
            replies.onNext(reply);
        }
    }

    /// Sends the last reply, without waiting.
    void end(T reply) {
        if (!replies.isCancelled()) {
            replies.onNext(reply);
            replies.onCompleted();
        }
    }

    private Runnable whenCancelled() {
        lock.lock();
        try {
            return whenCancelled;
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
