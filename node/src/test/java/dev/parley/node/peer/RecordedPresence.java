package dev.parley.node.peer;

import dev.parley.node.presence.PresenceHost;
import dev.parley.node.presence.PresenceReply;
import dev.parley.node.presence.PresenceReport;
import dev.parley.node.presence.PresenceState;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// Remembers what other nodes said of who is here.
final class RecordedPresence implements PresenceHost {
    final List<PresenceReport> reports = new CopyOnWriteArrayList<>();
    final List<PresenceState> heard = new CopyOnWriteArrayList<>();
    volatile PresenceReply answer = new PresenceReply(List.of(), Set.of());

    @Override
    public PresenceReply report(PresenceReport report) {
        reports.add(report);
        return answer;
    }

    @Override
    public void hear(List<PresenceState> changes) {
        heard.addAll(changes);
    }
}
