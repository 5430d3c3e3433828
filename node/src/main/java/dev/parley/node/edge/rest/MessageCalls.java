package dev.parley.node.edge.rest;

import dev.parley.chat.ChatAnswer.CursorAdvanced;
import dev.parley.chat.ChatAnswer.MessagePosted;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer.Page;
import dev.parley.node.auth.SessionClaims;
import dev.parley.node.session.ReadReceipts;
import dev.parley.node.wire.Answers;
import dev.parley.node.wire.Messages;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/// Posts messages, reads history, advances the read position.
final class MessageCalls {
    private static final String MESSAGES = "/v1/conversations/{conversationId}/messages";

    private final Chat chat;
    private final Callers callers;
    private final ReadReceipts receipts;

    MessageCalls(Chat chat, Callers callers, ReadReceipts receipts) {
        this.chat = chat;
        this.callers = callers;
        this.receipts = receipts;
    }

    void addTo(Routes routes) {
        routes.on("POST", MESSAGES, this::post)
                .on("GET", MESSAGES, this::page)
                .on("POST", "/v1/conversations/{conversationId}/read-cursors", this::advanceRead);
    }

    private Reply post(Call call) {
        SessionClaims caller = callers.sender(call);
        Rest.PostMessageRequest request = RestJson.decodePostMessageRequest(call.body());
        if (!request.senderId().equals(caller.userId())) {
            throw new ProblemException(ErrorCode.WRONG_SENDER, "The senderId must be the user of the session.");
        }
        if (!(request.body() instanceof MessageBody.Text(var text))) {
            throw ProblemException.invalidField("body.kind", "must be 'text'");
        }
        MessagePosted posted = chat.submit(
                new ChatCommand.PostMessage(
                        call.path("conversationId"),
                        caller.userId(),
                        caller.deviceId(),
                        request.clientMessageId(),
                        text),
                MessagePosted.class);
        return Reply.accepted(new Rest.PostMessageResponse(
                posted.messageId(),
                posted.seq(),
                "accepted",
                Instant.ofEpochMilli(posted.createdAtMillis()),
                posted.duplicate()));
    }

    private Reply page(Call call) {
        SessionClaims caller = callers.session(call);
        OptionalLong beforeSeq = call.seq("beforeSeq");
        OptionalLong afterSeq = call.seq("afterSeq");
        int limit = call.limit();
        if (beforeSeq.isPresent() && afterSeq.isPresent()) {
            throw ProblemException.invalidField("beforeSeq", "must not be given together with afterSeq");
        }
        String conversationId = call.path("conversationId");
        ChatQuery query = beforeSeq.isPresent()
                ? new ChatQuery.PageBefore(conversationId, caller.userId(), beforeSeq.getAsLong(), limit)
                : new ChatQuery.PageAfter(conversationId, caller.userId(), afterSeq.orElse(0), limit);
        Page page = chat.ask(query, Page.class);
        List<Message> messages = page.records().stream().map(Messages::of).toList();
        return Reply.ok(new Rest.MessagePage(messages, page.throughSeq(), page.more()));
    }

    private Reply advanceRead(Call call) {
        SessionClaims caller = callers.session(call);
        Rest.ReadCursorRequest request = RestJson.decodeReadCursorRequest(call.body());
        if (!request.deviceId().equals(caller.deviceId())) {
            throw ProblemException.invalidField("deviceId", "must be the device of the session");
        }
        boolean hidden = Answers.await(receipts.hiddenBy(caller.userId()));
        CursorAdvanced advanced = chat.submit(
                new ChatCommand.AdvanceRead(
                        call.path("conversationId"), caller.userId(), request.readThroughSeq(), hidden),
                CursorAdvanced.class);
        return Reply.ok(new Rest.ReadCursorResponse(advanced.throughSeq()));
    }
}
