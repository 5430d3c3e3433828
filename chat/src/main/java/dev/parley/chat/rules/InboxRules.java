package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatCommand.AdvanceOutboxCheckpoint;
import dev.parley.chat.ChatCommand.NoteActivity;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.ChatView;
import dev.parley.chat.view.ListedConversation;
import dev.parley.chat.view.ListedConversation.Progress;
import dev.parley.chat.view.OutboxProgress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The lists of users: what the conversations, which live in other partitions, tell them.
final class InboxRules {

    /// Takes a note also about a conversation that the list has not heard of: that the user is in it is told apart.
    static Decision noteActivity(ChatView view, NoteActivity note) {
        Map<Place, Progress> farthest = new LinkedHashMap<>();
        for (Activity activity : note.activities()) {
            farthest.merge(
                    new Place(activity.userId(), activity.conversationId()),
                    new Progress(activity.headSeq(), activity.readSeq(), activity.activityMillis()),
                    Progress::max);
        }
        List<ChatEvent> events = new ArrayList<>();
        farthest.forEach((place, progress) -> {
            Progress known = view.listed(place.userId(), place.conversationId())
                    .orElse(ListedConversation.NONE)
                    .progress();
            if (!known.max(progress).equals(known)) {
                events.add(new ChatEvent.ActivityNoted(place.userId(), place.conversationId(), progress));
            }
        });
        return new Decision.Accepted(events, new ChatAnswer.Done());
    }

    static Decision advanceCheckpoint(ChatView view, AdvanceOutboxCheckpoint advance) {
        OutboxProgress progress = view.outboxProgress();
        if (advance.throughNumber() > progress.last()) {
            return Decision.refused(
                    Refusal.INVALID_FIELD,
                    "throughNumber must not be past the last delivery: %d, the last is %d"
                            .formatted(advance.throughNumber(), progress.last()));
        }
        return advance.throughNumber() <= progress.notedThrough()
                ? Decision.accepted(new ChatAnswer.Done())
                : Decision.accepted(
                        new ChatAnswer.Done(), new ChatEvent.OutboxCheckpointAdvanced(advance.throughNumber()));
    }

    private record Place(String userId, String conversationId) {}

    private InboxRules() {}
}
