package dev.parley.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.client.SessionState.EndReason;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Remembers what was shown.
final class Recorder implements SessionListener {

    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final List<Typing> typists = new CopyOnWriteArrayList<>();
    private final List<Rest.UserPresence> present = new CopyOnWriteArrayList<>();
    private final List<SessionState> states = new CopyOnWriteArrayList<>();

    @Override
    public void onRecord(Message record) {
        texts.add(
                switch (record.body()) {
                    case MessageBody.Text(String text) -> text;
                    case MessageBody.Membership change -> change.action() + " " + change.userId();
                });
    }

    @Override
    public void onTyping(Typing typing) {
        typists.add(typing);
    }

    List<Typing> typists() {
        return typists;
    }

    @Override
    public void onPresence(List<Rest.UserPresence> users) {
        present.addAll(users);
    }

    List<Rest.UserPresence> present() {
        return present;
    }

    @Override
    public void onState(SessionState state) {
        states.add(state);
    }

    void awaitTexts(String... expected) {
        await().untilAsserted(() -> assertThat(texts).hasSizeGreaterThanOrEqualTo(expected.length));
        assertThat(texts).containsExactly(expected);
    }

    void awaitEnd(EndReason reason) {
        await().until(() -> states.stream()
                .anyMatch(state -> state instanceof SessionState.Ended ended && ended.reason() == reason));
    }
}
