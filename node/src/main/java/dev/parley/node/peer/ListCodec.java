package dev.parley.node.peer;

import dev.parley.chat.InboxEntry;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.ListedConversation.Mute;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.peer.wire.ChangedConversation;
import dev.parley.node.peer.wire.InboxListing;
import dev.parley.node.peer.wire.InboxNews;
import dev.parley.node.peer.wire.ListChange;
import dev.parley.node.peer.wire.Listed;
import dev.parley.node.peer.wire.ListedEntry;
import dev.parley.node.peer.wire.ListsChanged;

/// The lists of users, to the messages of `peer.proto` and back.
final class ListCodec {
    private ListCodec() {}

    static InboxNews wire(QueryAnswer.InboxNews news) {
        InboxNews.Builder wire = InboxNews.newBuilder()
                .setResumed(news.resumed())
                .setThroughVersion(news.throughVersion())
                .setInboxVersion(news.inboxVersion());
        for (QueryAnswer.Changed changed : news.changed()) {
            wire.addChanged(ChangedConversation.newBuilder()
                    .setConversationId(changed.conversationId())
                    .setFromSeq(changed.fromSeq())
                    .setListed(wire(changed.listed())));
        }
        return wire.build();
    }

    static QueryAnswer.InboxNews news(InboxNews wire) {
        return new QueryAnswer.InboxNews(
                wire.getResumed(),
                wire.getChangedList().stream()
                        .map(changed -> new QueryAnswer.Changed(
                                changed.getConversationId(), changed.getFromSeq(), listed(changed.getListed())))
                        .toList(),
                wire.getThroughVersion(),
                wire.getInboxVersion());
    }

    static InboxListing wire(QueryAnswer.InboxListing listing) {
        InboxListing.Builder wire = InboxListing.newBuilder()
                .setMore(listing.more())
                .setUnread(listing.unread())
                .setInboxVersion(listing.inboxVersion());
        for (InboxEntry entry : listing.entries()) {
            wire.addEntries(ListedEntry.newBuilder()
                    .setConversationId(entry.conversationId())
                    .setListed(wire(entry.listed())));
        }
        return wire.build();
    }

    static QueryAnswer.InboxListing listing(InboxListing wire) {
        return new QueryAnswer.InboxListing(
                wire.getEntriesList().stream()
                        .map(entry -> new InboxEntry(entry.getConversationId(), listed(entry.getListed())))
                        .toList(),
                wire.getMore(),
                wire.getUnread(),
                wire.getInboxVersion());
    }

    static ListsChanged wire(Delivery.ListsChanged changed) {
        ListsChanged.Builder wire = ListsChanged.newBuilder();
        for (Delivery.ListChange change : changed.changes()) {
            wire.addChanges(ListChange.newBuilder()
                    .setUserId(change.userId())
                    .setConversationId(change.conversationId())
                    .setInboxVersion(change.inboxVersion())
                    .setDeliveryNumber(change.deliveryNumber())
                    .setNotable(change.notable())
                    .setUnreadGrew(change.unreadGrew())
                    .setListed(wire(change.listed())));
        }
        return wire.build();
    }

    static Delivery.ListsChanged changed(ListsChanged wire) {
        return new Delivery.ListsChanged(wire.getChangesList().stream()
                .map(change -> new Delivery.ListChange(
                        change.getUserId(),
                        change.getConversationId(),
                        change.getInboxVersion(),
                        change.getDeliveryNumber(),
                        change.getNotable(),
                        change.getUnreadGrew(),
                        listed(change.getListed())))
                .toList());
    }

    private static Listed wire(ListedConversation listed) {
        return Listed.newBuilder()
                .setMembershipSeq(listed.membershipSeq())
                .setMember(listed.member())
                .setHeadSeq(listed.progress().headSeq())
                .setHeadOrdinal(listed.progress().headOrdinal())
                .setReadSeq(listed.progress().readSeq())
                .setReadOrdinal(listed.progress().readOrdinal())
                .setActivityMillis(listed.progress().activityMillis())
                .setMentionSeq(listed.progress().mentionSeq())
                .setMuted(listed.mute().muted())
                .setMuteNumber(listed.mute().deliveryNumber())
                .build();
    }

    private static ListedConversation listed(Listed wire) {
        return new ListedConversation(
                wire.getMembershipSeq(),
                wire.getMember(),
                new Progress(
                        wire.getHeadSeq(),
                        wire.getHeadOrdinal(),
                        wire.getReadSeq(),
                        wire.getReadOrdinal(),
                        wire.getActivityMillis(),
                        wire.getMentionSeq()),
                new Mute(wire.getMuted(), wire.getMuteNumber()));
    }
}
