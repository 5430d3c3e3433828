package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatCommand.AdvanceOutboxCheckpoint;
import dev.parley.chat.ChatCommand.NoteActivity;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.ChatView;
import dev.parley.chat.view.OutboxProgress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The lists of users: what the conversations, which live in other partitions, tell them.
public final class InboxRules {

    /// Takes a note also about a conversation that the list has not heard of: that the user is in it is told
    /// apart.
    static Decision noteActivity(ChatView view, NoteActivity note) {
        Map<Place, Activity> farthest = new LinkedHashMap<>();
        for (Activity activity : note.activities()) {
            farthest.merge(new Place(activity.userId(), activity.conversationId()), activity, InboxRules::both);
        }
        List<ChatEvent> events = new ArrayList<>();
        farthest.forEach((place, activity) -> {
            ListedConversation known =
                    view.listed(place.userId(), place.conversationId()).orElse(ListedConversation.NONE);
            if (!after(known, activity).equals(known)) {
                events.add(new ChatEvent.ActivityNoted(activity));
            }
        });
        return new Decision.Accepted(events, new ChatAnswer.Done());
    }

    /// What the list says after a note.
    public static ListedConversation after(ListedConversation known, Activity activity) {
        return known.advanced(activity.progress())
                .withMute(known.mute().after(activity.muted(), activity.deliveryNumber()));
    }

    /// Two notes of one conversation as one.
    public static Activity both(Activity one, Activity other) {
        if (one.deliveryNumber() > other.deliveryNumber()) {
            return both(other, one);
        }
        return new Activity(
                one.userId(),
                one.conversationId(),
                one.progress().max(other.progress()),
                other.muted().or(one::muted),
                other.deliveryNumber());
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
