package dev.parley.cli.bench;

import dev.parley.client.ParleyClient;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// One who sends into a room, and what became of each of the messages.
final class Author {

    /// How long a message that was refused for the moment waits before it goes again.
    static final java.time.Duration RETRY_PAUSE = java.time.Duration.ofMillis(100);

    private final Identity identity;
    private final SendLog log = new SendLog();
    private final Sender sender;
    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();

    Author(Identity identity, ParleyClient user, BenchPlan plan, Bodies bodies, Meters meters) {
        this.identity = identity;
        this.sender = new Sender(this, user, plan, bodies, meters);
    }

    /// @param run names the run: users and message ids of two runs never meet
    /// @param number of the author, among all of the run
    /// @param place of the author, among those of the room
    record Identity(String run, int number, int place, String conversationId) {}

    int number() {
        return identity.number();
    }

    int place() {
        return identity.place();
    }

    String conversationId() {
        return identity.conversationId();
    }

    /// What every clientMessageId of the author begins with.
    String idPrefix() {
        return identity.run() + "-" + identity.number() + "-";
    }

    SendLog log() {
        return log;
    }

    Sender sender() {
        return sender;
    }

    void noteRefusal(String code) {
        refusals.merge(code, 1, Integer::sum);
    }

    Map<String, Integer> refusals() {
        return Map.copyOf(refusals);
    }
}
