package dev.parley.node.tables;

import dev.parley.chat.view.Conversation;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The conversations that a replica lately wrote to, and their members: a post then reads neither again.
///
/// Bounded by conversations and by member ids; the least recently used goes first. Owned by the group's apply thread.
/// It holds what the tables hold, the entry being applied included, so it must be emptied when they are replaced.
public final class ConversationCache {
    /// About 5 MB of heads.
    private static final int CONVERSATIONS_MAX = 10_000;

    /// About 6 MB of ids, which 200 of the largest groups fill.
    private static final int MEMBER_IDS_MAX = 100_000;

    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private int memberIds;

    Optional<Conversation> conversation(String conversationId) {
        return Optional.ofNullable(entries.get(conversationId)).map(Entry::conversation);
    }

    /// The member ids, by id, if they are known.
    Optional<List<String>> roster(String conversationId) {
        return Optional.ofNullable(entries.get(conversationId)).map(Entry::roster);
    }

    void putConversation(Conversation conversation) {
        Entry before = entries.get(conversation.conversationId());
        put(conversation.conversationId(), new Entry(conversation, before == null ? null : before.roster()));
    }

    void putRoster(Conversation conversation, List<String> roster) {
        put(conversation.conversationId(), new Entry(conversation, List.copyOf(roster)));
    }

    /// Forgets all: the tables are others now.
    public void clear() {
        entries.clear();
        memberIds = 0;
    }

    private void put(String conversationId, Entry entry) {
        Entry before = entries.put(conversationId, entry);
        memberIds += entry.weight() - (before == null ? 0 : before.weight());
        Iterator<Entry> eldest = entries.values().iterator();
        while (entries.size() > CONVERSATIONS_MAX || memberIds > MEMBER_IDS_MAX) {
            memberIds -= eldest.next().weight();
            eldest.remove();
        }
    }

    private record Entry(
            Conversation conversation, @Nullable List<String> roster) {

        int weight() {
            return roster == null ? 0 : roster.size();
        }
    }
}
