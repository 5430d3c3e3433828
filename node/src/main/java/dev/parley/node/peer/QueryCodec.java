package dev.parley.node.peer;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.ConversationKind;
import dev.parley.chat.DevicePosition;
import dev.parley.chat.InboxEntry;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.Role;
import dev.parley.node.peer.wire.Account;
import dev.parley.node.peer.wire.AccountQuery;
import dev.parley.node.peer.wire.AskReply;
import dev.parley.node.peer.wire.AskRequest;
import dev.parley.node.peer.wire.Device;
import dev.parley.node.peer.wire.DeviceReceived;
import dev.parley.node.peer.wire.InboxPageQuery;
import dev.parley.node.peer.wire.InboxSinceQuery;
import dev.parley.node.peer.wire.Member;
import dev.parley.node.peer.wire.MemberList;
import dev.parley.node.peer.wire.MembersQuery;
import dev.parley.node.peer.wire.Page;
import dev.parley.node.peer.wire.PageQuery;
import dev.parley.node.peer.wire.SummariesQuery;
import dev.parley.node.peer.wire.Summary;
import dev.parley.node.peer.wire.SummaryList;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.ReadOutcome;
import java.util.Optional;

/// Queries and what they found, to the messages of `peer.proto` and back.
final class QueryCodec {
    private QueryCodec() {}

    static AskRequest request(GroupId group, ChatQuery query) {
        AskRequest.Builder request = AskRequest.newBuilder().setGroup(group.name());
        switch (query) {
            case ChatQuery.PageAfter page ->
                request.setPageAfter(page(page.conversationId(), page.callerId(), page.afterSeq(), page.limit()));
            case ChatQuery.PageBefore page ->
                request.setPageBefore(page(page.conversationId(), page.callerId(), page.beforeSeq(), page.limit()));
            case ChatQuery.Members members ->
                request.setMembers(MembersQuery.newBuilder()
                        .setConversationId(members.conversationId())
                        .setCallerId(members.callerId()));
            case ChatQuery.Summaries summaries ->
                request.setSummaries(SummariesQuery.newBuilder()
                        .addAllConversationIds(summaries.conversationIds())
                        .setUserId(summaries.userId()));
            case ChatQuery.InboxSince since ->
                request.setInboxSince(InboxSinceQuery.newBuilder()
                        .setUserId(since.userId())
                        .setSinceVersion(since.sinceVersion())
                        .setLimit(since.limit()));
            case ChatQuery.InboxPage page -> request.setInboxPage(page(page));
            case ChatQuery.DeadLetters letters -> request.setDeadLetters(DeadLetterCodec.wire(letters));
            case ChatQuery.MessageTrace trace -> request.setMessageTrace(TraceCodec.wire(trace));
            case ChatQuery.UserTrace trace -> request.setUserTrace(TraceCodec.wire(trace));
            case ChatQuery.Account account ->
                request.setAccount(AccountQuery.newBuilder().setUserId(account.userId()));
        }
        return request.build();
    }

    static ChatQuery query(AskRequest request) {
        return switch (request.getQueryCase()) {
            case PAGE_AFTER -> {
                PageQuery page = request.getPageAfter();
                yield new ChatQuery.PageAfter(
                        page.getConversationId(), page.getCallerId(), page.getSeq(), page.getLimit());
            }
            case PAGE_BEFORE -> {
                PageQuery page = request.getPageBefore();
                yield new ChatQuery.PageBefore(
                        page.getConversationId(), page.getCallerId(), page.getSeq(), page.getLimit());
            }
            case MEMBERS ->
                new ChatQuery.Members(
                        request.getMembers().getConversationId(),
                        request.getMembers().getCallerId());
            case SUMMARIES ->
                new ChatQuery.Summaries(
                        request.getSummaries().getConversationIdsList(),
                        request.getSummaries().getUserId());
            case ACCOUNT -> new ChatQuery.Account(request.getAccount().getUserId());
            case INBOX_SINCE ->
                new ChatQuery.InboxSince(
                        request.getInboxSince().getUserId(),
                        request.getInboxSince().getSinceVersion(),
                        request.getInboxSince().getLimit());
            case INBOX_PAGE -> page(request.getInboxPage());
            case DEAD_LETTERS -> DeadLetterCodec.query(request.getDeadLetters());
            case MESSAGE_TRACE -> TraceCodec.query(request.getMessageTrace());
            case USER_TRACE -> TraceCodec.query(request.getUserTrace());
            case QUERY_NOT_SET -> throw new IllegalArgumentException("the peer asks a query of a newer release");
        };
    }

    static AskReply reply(ReadOutcome<QueryAnswer> outcome) {
        AskReply.Builder reply = AskReply.newBuilder();
        switch (outcome) {
            case ReadOutcome.Done<QueryAnswer> done -> answer(reply, done.value());
            case ReadOutcome.NotLeader<QueryAnswer> notLeader ->
                reply.setNotLeader(SubmitCodec.notLeader(notLeader.leader()));
            case ReadOutcome.Unavailable<QueryAnswer> unavailable -> reply.setUnavailable(unavailable.reason());
        }
        return reply.build();
    }

    static ReadOutcome<QueryAnswer> outcome(AskReply reply) {
        return switch (reply.getOutcomeCase()) {
            case PAGE ->
                done(new QueryAnswer.Page(
                        reply.getPage().getRecordsList().stream()
                                .map(RecordCodec::record)
                                .toList(),
                        reply.getPage().getThroughSeq(),
                        reply.getPage().getMore()));
            case MEMBERS ->
                done(new QueryAnswer.MemberList(reply.getMembers().getMembersList().stream()
                        .map(QueryCodec::member)
                        .toList()));
            case SUMMARIES ->
                done(new QueryAnswer.SummaryList(reply.getSummaries().getSummariesList().stream()
                        .map(QueryCodec::summary)
                        .toList()));
            case ACCOUNT -> done(account(reply.getAccount()));
            case INBOX_NEWS -> done(ListCodec.news(reply.getInboxNews()));
            case INBOX_LISTING -> done(ListCodec.listing(reply.getInboxListing()));
            case DEAD_LETTER_PAGE -> done(DeadLetterCodec.page(reply.getDeadLetterPage()));
            case MESSAGE_TRACED -> done(TraceCodec.traced(reply.getMessageTraced()));
            case USER_TRACED -> done(TraceCodec.traced(reply.getUserTraced()));
            case REFUSED ->
                done(new QueryAnswer.Refused(
                        SubmitCodec.refusal(reply.getRefused()),
                        reply.getRefused().getDetail()));
            case NOT_LEADER -> new ReadOutcome.NotLeader<>(SubmitCodec.leader(reply.getNotLeader()));
            case UNAVAILABLE -> new ReadOutcome.Unavailable<>(reply.getUnavailable());
            case OUTCOME_NOT_SET ->
                new ReadOutcome.Unavailable<>("the peer answered with an outcome of a newer release");
        };
    }

    private static ReadOutcome<QueryAnswer> done(QueryAnswer answer) {
        return new ReadOutcome.Done<>(answer);
    }

    private static InboxPageQuery page(ChatQuery.InboxPage page) {
        InboxPageQuery.Builder wire =
                InboxPageQuery.newBuilder().setUserId(page.userId()).setLimit(page.limit());
        page.after()
                .ifPresent(after ->
                        wire.setAfterMillis(after.activityMillis()).setAfterConversationId(after.conversationId()));
        return wire.build();
    }

    private static ChatQuery page(InboxPageQuery wire) {
        Optional<InboxEntry.Place> after = wire.hasAfterMillis()
                ? Optional.of(new InboxEntry.Place(wire.getAfterMillis(), wire.getAfterConversationId()))
                : Optional.empty();
        return new ChatQuery.InboxPage(wire.getUserId(), after, wire.getLimit());
    }

    private static PageQuery page(String conversationId, String callerId, long seq, int limit) {
        return PageQuery.newBuilder()
                .setConversationId(conversationId)
                .setCallerId(callerId)
                .setSeq(seq)
                .setLimit(limit)
                .build();
    }

    private static void answer(AskReply.Builder reply, QueryAnswer answer) {
        switch (answer) {
            case QueryAnswer.Page page -> {
                Page.Builder wire =
                        Page.newBuilder().setThroughSeq(page.throughSeq()).setMore(page.more());
                page.records().forEach(record -> wire.addRecords(RecordCodec.wire(record)));
                reply.setPage(wire);
            }
            case QueryAnswer.MemberList list -> {
                MemberList.Builder wire = MemberList.newBuilder();
                list.members().forEach(member -> wire.addMembers(wire(member)));
                reply.setMembers(wire);
            }
            case QueryAnswer.SummaryList list -> {
                SummaryList.Builder wire = SummaryList.newBuilder();
                list.summaries().forEach(summary -> wire.addSummaries(wire(summary)));
                reply.setSummaries(wire);
            }
            case QueryAnswer.AccountState account -> reply.setAccount(wire(account));
            case QueryAnswer.InboxNews news -> reply.setInboxNews(ListCodec.wire(news));
            case QueryAnswer.InboxListing listing -> reply.setInboxListing(ListCodec.wire(listing));
            case QueryAnswer.DeadLetterPage page -> reply.setDeadLetterPage(DeadLetterCodec.wire(page));
            case QueryAnswer.MessageTraced traced -> reply.setMessageTraced(TraceCodec.wire(traced));
            case QueryAnswer.UserTraced traced -> reply.setUserTraced(TraceCodec.wire(traced));
            case QueryAnswer.Refused refused ->
                reply.setRefused(SubmitCodec.refusal(refused.refusal(), refused.detail()));
        }
    }

    static Member wire(QueryAnswer.MemberState member) {
        return Member.newBuilder()
                .setUserId(member.userId())
                .setRole(member.role().name())
                .setJoinedSeq(member.joinedSeq())
                .setReadSeq(member.readSeq())
                .setDeliveredSeq(member.deliveredSeq())
                .addAllDevices(member.devices().stream()
                        .map(device -> DeviceReceived.newBuilder()
                                .setDeviceId(device.deviceId())
                                .setSeq(device.seq())
                                .build())
                        .toList())
                .build();
    }

    static QueryAnswer.MemberState member(Member wire) {
        return new QueryAnswer.MemberState(
                wire.getUserId(),
                Role.valueOf(wire.getRole()),
                wire.getJoinedSeq(),
                wire.getReadSeq(),
                wire.getDeliveredSeq(),
                wire.getDevicesList().stream()
                        .map(device -> new DevicePosition(device.getDeviceId(), device.getSeq()))
                        .toList());
    }

    private static Summary wire(QueryAnswer.Summary summary) {
        Summary.Builder wire = Summary.newBuilder()
                .setConversationId(summary.conversationId())
                .setKind(summary.kind().name())
                .setHeadSeq(summary.headSeq())
                .setUnread(summary.unread())
                .setReadSeq(summary.readSeq())
                .setMuted(summary.muted())
                .setLastActivityMillis(summary.lastActivityMillis());
        summary.title().ifPresent(wire::setTitle);
        summary.otherId().ifPresent(wire::setOtherId);
        summary.lastMessage().ifPresent(record -> wire.setLastMessage(RecordCodec.wire(record)));
        return wire.build();
    }

    private static QueryAnswer.Summary summary(Summary wire) {
        return new QueryAnswer.Summary(
                wire.getConversationId(),
                ConversationKind.valueOf(wire.getKind()),
                wire.hasTitle() ? Optional.of(wire.getTitle()) : Optional.empty(),
                wire.hasOtherId() ? Optional.of(wire.getOtherId()) : Optional.empty(),
                wire.getHeadSeq(),
                wire.getUnread(),
                wire.hasLastMessage() ? Optional.of(RecordCodec.record(wire.getLastMessage())) : Optional.empty(),
                wire.getReadSeq(),
                wire.getMuted(),
                wire.getLastActivityMillis());
    }

    private static Account wire(QueryAnswer.AccountState account) {
        Account.Builder wire = Account.newBuilder()
                .setExists(account.exists())
                .setCreatedAtMillis(account.createdAtMillis())
                .setInboxVersion(account.inboxVersion())
                .addAllBlockedUserIds(account.blockedUserIds())
                .addAllConversationIds(account.conversationIds())
                .setSettings(SettingsWire.wire(account.settings()));
        account.devices()
                .forEach(device -> wire.addDevices(Device.newBuilder()
                        .setDeviceId(device.deviceId())
                        .setPlatform(device.platform())
                        .setGeneration(device.generation())
                        .setCreatedAtMillis(device.createdAtMillis())
                        .setRevoked(device.revoked())));
        return wire.build();
    }

    private static QueryAnswer.AccountState account(Account wire) {
        return new QueryAnswer.AccountState(
                wire.getExists(),
                wire.getCreatedAtMillis(),
                wire.getInboxVersion(),
                wire.getDevicesList().stream()
                        .map(device -> new QueryAnswer.DeviceState(
                                device.getDeviceId(),
                                device.getPlatform(),
                                device.getGeneration(),
                                device.getCreatedAtMillis(),
                                device.getRevoked()))
                        .toList(),
                wire.getBlockedUserIdsList(),
                wire.getConversationIdsList(),
                wire.hasSettings() ? SettingsWire.settings(wire.getSettings()) : AccountSettings.DEFAULT);
    }
}
