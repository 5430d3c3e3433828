package dev.parley.cli.bench;

import dev.parley.client.ParleyClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Two users and their direct conversation: one sends, the other receives.
final class Pair {

    /// How long a message that was refused for the moment waits before it goes again.
    static final Duration RETRY_PAUSE = Duration.ofMillis(100);

    private final int number;
    private final String conversationId;
    private final String idPrefix;
    private final ParleyClient receiverUser;
    private final SendLog log = new SendLog();
    private final Sender sender;
    private final Receiver receiver;
    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();

    /// @param users the sender's and the receiver's client
    Pair(Identity identity, Users users, BenchPlan plan, Bodies bodies, Meters meters) {
        this.number = identity.number();
        this.conversationId = identity.conversationId();
        this.idPrefix = identity.run() + "-" + number + "-";
        this.receiverUser = users.receiver();
        this.sender = new Sender(this, users.sender(), plan, bodies, meters);
        this.receiver = new Receiver(this, users.receiver(), plan, bodies, meters);
    }

    /// @param run names the run: users and message ids of two runs never meet
    record Identity(String run, int number, String conversationId) {}

    record Users(ParleyClient sender, ParleyClient receiver) {}

    int number() {
        return number;
    }

    String conversationId() {
        return conversationId;
    }

    /// What every clientMessageId of the pair begins with.
    String idPrefix() {
        return idPrefix;
    }

    SendLog log() {
        return log;
    }

    Sender sender() {
        return sender;
    }

    Receiver receiver() {
        return receiver;
    }

    /// Reads the history back, as the receiver.
    ParleyClient historyReader() {
        return receiverUser;
    }

    void noteRefusal(String code) {
        refusals.merge(code, 1, Integer::sum);
    }

    Map<String, Integer> refusals() {
        return Map.copyOf(refusals);
    }
}
