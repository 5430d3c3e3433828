package dev.parley.node.session;

import dev.parley.node.session.SessionSettings.Unanswered;

/// Counts what a session asked for and was not answered yet. At the bound the session's reader waits, so that TCP slows
/// the client down; every answer comes within the gate's deadline. Thread-safe.
final class UnansweredRequests {
    private final Unanswered bound;
    private int requests;
    private int bytes;

    UnansweredRequests(Unanswered bound) {
        this.bound = bound;
    }

    /// Waits for room on the reader's thread, then counts a request. One that is larger than the bound waits for all
    /// others.
    synchronized void begin(int requestBytes) throws InterruptedException {
        while (requests > 0 && (requests >= bound.requests() || bytes + requestBytes > bound.bytes())) {
            wait();
        }
        requests++;
        bytes += requestBytes;
    }

    synchronized void end(int requestBytes) {
        requests--;
        bytes -= requestBytes;
        notifyAll();
    }
}
