package dev.parley.node.edge.rest;

import dev.parley.chat.ChatAnswer.ConversationOpened;
import dev.parley.chat.ChatAnswer.Done;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.Ids;
import dev.parley.node.auth.SessionClaims;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/// Opens conversations and sets what a member sets for itself.
final class ConversationCalls {
    /// A direct conversation opens without a record.
    private static final long DIRECT_OPENED_SEQ = 0;

    /// A group's first record makes all whom it was opened with members.
    private static final long GROUP_OPENED_SEQ = 1;

    private final Chat chat;
    private final Callers callers;
    private final MembershipNotes notes;

    ConversationCalls(Chat chat, Callers callers, MembershipNotes notes) {
        this.chat = chat;
        this.callers = callers;
        this.notes = notes;
    }

    void addTo(Routes routes) {
        routes.on("POST", "/v1/conversations/direct", this::openDirect)
                .on("POST", "/v1/conversations/group", this::openGroup)
                .on("PUT", "/v1/conversations/{conversationId}/muted", this::mute);
    }

    private Reply openDirect(Call call) {
        SessionClaims caller = callers.session(call);
        List<String> participantIds =
                RestJson.decodeCreateDirectRequest(call.body()).participantIds();
        List<String> others = participantIds.stream()
                .filter(id -> !id.equals(caller.userId()))
                .toList();
        if (others.size() != 1 || participantIds.size() != 2) {
            throw ProblemException.invalidField("participantIds", "must name the caller and one other user");
        }
        String otherId = others.getFirst();
        chat.requireUsers(others);
        String conversationId = Ids.direct(caller.userId(), otherId);
        ConversationOpened opened = chat.submit(
                new ChatCommand.CreateDirect(conversationId, caller.userId(), otherId), ConversationOpened.class);
        return answer(opened, DIRECT_OPENED_SEQ, List.of(caller.userId(), otherId));
    }

    private Reply openGroup(Call call) {
        SessionClaims caller = callers.session(call);
        Rest.CreateGroupRequest request = RestJson.decodeCreateGroupRequest(call.body());
        SequencedSet<String> others = new LinkedHashSet<>(request.participantIds());
        others.remove(caller.userId());
        if (others.size() >= Limits.GROUP_MEMBERS_MAX) {
            throw ProblemException.invalidField(
                    "participantIds", "may name %d users".formatted(Limits.GROUP_MEMBERS_MAX - 1));
        }
        List<String> memberIds = List.copyOf(others);
        chat.requireUsers(memberIds);
        String conversationId = Ids.group(caller.userId(), request.clientConversationId());
        ConversationOpened opened = chat.submit(
                new ChatCommand.CreateGroup(conversationId, caller.userId(), request.title(), memberIds),
                ConversationOpened.class);
        List<String> all = new ArrayList<>(memberIds);
        all.add(caller.userId());
        return answer(opened, GROUP_OPENED_SEQ, all);
    }

    private Reply answer(ConversationOpened opened, long membershipSeq, List<String> memberIds) {
        Rest.ConversationCreated body = new Rest.ConversationCreated(opened.conversationId());
        if (opened.existed()) {
            return Reply.ok(body); // its members, who may have changed since, were noted then
        }
        notes.joined(opened.conversationId(), membershipSeq, memberIds);
        return Reply.created(body);
    }

    private Reply mute(Call call) {
        SessionClaims caller = callers.session(call);
        boolean muted = RestJson.decodeMutedRequest(call.body()).muted();
        chat.submit(new ChatCommand.SetMuted(call.path("conversationId"), caller.userId(), muted), Done.class);
        return Reply.noContent();
    }
}
