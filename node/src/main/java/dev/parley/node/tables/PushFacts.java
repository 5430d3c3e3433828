package dev.parley.node.tables;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.InboxEntry;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.view.Account;
import dev.parley.chat.view.DeviceTarget;
import dev.parley.chat.view.OutboxProgress;
import dev.parley.chat.view.PushState;
import dev.parley.raftstorage.table.TableReader;
import java.util.List;
import java.util.Optional;

/// What the partition of a user knows about a push.
///
/// @param targets of the user's devices with one provider
/// @param listed what the user's list says of the conversation
/// @param pushed what was pushed and not taken back
/// @param badge messages not read in all conversations together
/// @param settings of the user
public record PushFacts(
        List<DeviceTarget> targets,
        ListedConversation listed,
        Optional<PushState> pushed,
        long badge,
        AccountSettings settings) {

    /// Whether any device of the user can be pushed, or was.
    public static boolean concerned(TableReader tables, String userId) {
        return !new ChatTables(tables).pushTargets(userId).isEmpty();
    }

    /// Reads them.
    public static PushFacts of(TableReader tables, String userId, String conversationId, String provider) {
        ChatTables chat = new ChatTables(tables);
        return new PushFacts(
                chat.pushTargets(userId).stream()
                        .filter(target -> target.target().provider().equals(provider))
                        .toList(),
                chat.listed(userId, conversationId).orElse(ListedConversation.NONE),
                chat.pushed(userId, conversationId, provider),
                chat.inboxUnread(userId),
                chat.account(userId).map(Account::settings).orElse(AccountSettings.DEFAULT));
    }

    /// The conversations, of those with the newest activity, in which the user has something to read; none if
    /// no device
    /// of the user can be pushed.
    public static List<String> unread(TableReader tables, String userId, int conversations) {
        ChatTables chat = new ChatTables(tables);
        return chat.pushTargets(userId).isEmpty()
                ? List.of()
                : chat.inboxPage(userId, Optional.empty(), conversations).stream()
                        .filter(entry -> entry.listed().unread() > 0)
                        .map(InboxEntry::conversationId)
                        .toList();
    }

    /// Users with a device that can be pushed, in the order of their ids.
    ///
    /// @param after where to begin; empty for the first
    public static List<String> users(TableReader tables, String after, int limit) {
        return new ChatTables(tables).usersWithPushTargets(after, limit);
    }

    /// The conversations in which the user has something to read that is not older than a time.
    public static List<String> unreadSince(TableReader tables, String userId, int conversations, long sinceMillis) {
        return new ChatTables(tables)
                .inboxPage(userId, Optional.empty(), conversations).stream()
                        .takeWhile(entry -> entry.listed().progress().activityMillis() >= sinceMillis)
                        .filter(entry -> entry.listed().unread() > 0)
                        .map(InboxEntry::conversationId)
                        .toList();
    }

    /// How far the deliveries of the partition are looked at for pushes.
    public static OutboxProgress progress(TableReader tables) {
        return new ChatTables(tables).pushProgress();
    }
}
