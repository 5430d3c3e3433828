package dev.parley.chat.view;

import dev.parley.chat.InboxEntry;
import dev.parley.chat.ListedConversation;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;

/// Users with their devices and lists.
public interface AccountView {

    Optional<Account> account(String userId);

    Optional<Device> device(String userId, String deviceId);

    /// All devices of the user, by id, the revoked ones too.
    List<Device> devices(String userId);

    /// Counts the changes of the user's lists; 0 before the first. A list can precede the account.
    long inboxVersion(String userId);

    /// The first change that is still in the log of the user's list; 0 if none is.
    long inboxLoggedFrom(String userId);

    /// Visits the changes of the user's list after a version, oldest first, that the log still holds; until the
    /// visitor
    /// says that it has enough.
    void inboxChanges(String userId, long afterVersion, Predicate<InboxChange> more);

    /// Messages that the user has not read, in all conversations that the list names.
    long inboxUnread(String userId);

    /// Conversations that the user is in, those with the newest activity first.
    ///
    /// @param after where the page before ended
    /// @param limit conversations at most, from 1
    List<InboxEntry> inboxPage(String userId, Optional<InboxEntry.Place> after, int limit);

    /// What the user's list last heard about a conversation.
    Optional<ListedConversation> listed(String userId, String conversationId);

    /// Where pushes for the user's devices go, by device.
    List<DeviceTarget> pushTargets(String userId);

    /// What the user's devices were pushed about a conversation, if that was not taken back.
    Optional<PushState> pushed(String userId, String conversationId, String provider);

    /// What the user's devices were pushed about a conversation, by provider, without what was taken back.
    SortedMap<String, PushState> pushes(String userId, String conversationId);

    /// The conversations that the user is in, by id.
    List<String> conversationIds(String userId);

    /// Whether the user's list says that the other is blocked.
    boolean blocks(String userId, String blockedId);

    /// Whom the user has blocked, by id.
    List<String> blockedUserIds(String userId);
}
