package dev.parley.node.edge.rest;

import dev.parley.chat.ChatAnswer.MembersChanged;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.Role;
import dev.parley.node.auth.SessionClaims;
import dev.parley.node.wire.Messages;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.util.List;
import java.util.Locale;

/// The members of a conversation: list, add or change, remove or leave.
final class MemberCalls {
    private static final String MEMBERS = "/v1/conversations/{conversationId}/members";

    private final Chat chat;
    private final Callers callers;
    private final MembershipNotes notes;

    MemberCalls(Chat chat, Callers callers, MembershipNotes notes) {
        this.chat = chat;
        this.callers = callers;
        this.notes = notes;
    }

    void addTo(Routes routes) {
        routes.on("GET", MEMBERS, this::list)
                .on("POST", MEMBERS, this::add)
                .on("DELETE", MEMBERS + "/{userId}", this::remove);
    }

    private Reply list(Call call) {
        return Reply.ok(members(call.path("conversationId"), callers.session(call)));
    }

    private Reply add(Call call) {
        SessionClaims caller = callers.session(call);
        Rest.AddMemberRequest request = RestJson.decodeAddMemberRequest(call.body());
        String conversationId = call.path("conversationId");
        Role role = request.role()
                .map(name -> Role.valueOf(name.toUpperCase(Locale.ROOT)))
                .orElse(Role.MEMBER);
        chat.requireUsers(List.of(request.userId()));
        MembersChanged changed = chat.submit(
                new ChatCommand.AddMember(conversationId, caller.userId(), request.userId(), role),
                MembersChanged.class);
        notes.joined(conversationId, changed.seq(), List.of(request.userId()));
        return Reply.ok(Chat.afterCommit(() -> members(conversationId, caller)));
    }

    private Reply remove(Call call) {
        SessionClaims caller = callers.session(call);
        String conversationId = call.path("conversationId");
        String memberId = call.path("userId");
        MembersChanged changed = chat.submit(
                new ChatCommand.RemoveMember(conversationId, caller.userId(), memberId), MembersChanged.class);
        notes.left(conversationId, changed.seq(), memberId);
        return Reply.noContent();
    }

    private Rest.MemberList members(String conversationId, SessionClaims caller) {
        return new Rest.MemberList(
                chat
                        .ask(new ChatQuery.Members(conversationId, caller.userId()), QueryAnswer.MemberList.class)
                        .members()
                        .stream()
                        .map(member -> new Rest.Member(
                                member.userId(),
                                Messages.role(member.role()),
                                member.joinedSeq(),
                                member.readSeq(),
                                member.deliveredSeq()))
                        .toList());
    }
}
