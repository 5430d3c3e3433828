package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.CreateDirect;
import dev.parley.chat.ChatCommand.CreateGroup;
import dev.parley.chat.ChatCommand.SetBlocked;
import dev.parley.chat.ChatCommand.SetMuted;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.Fingerprint;
import dev.parley.chat.Ids;
import dev.parley.chat.RecordBody;
import dev.parley.chat.Refusal;
import dev.parley.chat.Role;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.ConversationView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Opening conversations, and the two settings a member has for one: mute and block.
final class ConversationRules {

    static Decision createDirect(ConversationView view, CreateDirect create, CommandStamp stamp) {
        if (create.creatorId().equals(create.otherId())) {
            return Decision.refused(
                    Refusal.INVALID_FIELD,
                    "participantIds must name two users, not %s alone".formatted(create.creatorId()));
        }
        if (!create.conversationId().equals(Ids.direct(create.creatorId(), create.otherId()))) {
            return foreignPair(create.conversationId(), create.creatorId(), create.otherId());
        }
        if (view.conversation(create.conversationId()).isPresent()) {
            return Decision.accepted(new ChatAnswer.ConversationOpened(create.conversationId(), true));
        }
        List<String> pair = List.copyOf(new TreeSet<>(List.of(create.creatorId(), create.otherId())));
        return Decision.accepted(
                new ChatAnswer.ConversationOpened(create.conversationId(), false),
                new ChatEvent.DirectOpened(create.conversationId(), pair, stamp.epochMillis()));
    }

    /// Opens a group with one record, `created`, with which all its first members join. The list of members may name
    /// the creator or someone twice; what counts is the set.
    static Decision createGroup(ConversationView view, CreateGroup create, CommandStamp stamp) {
        TreeSet<String> members = new TreeSet<>(create.memberIds());
        members.add(create.creatorId());
        if (members.size() > ChatLimits.GROUP_MEMBERS_MAX) {
            return MembershipRules.tooMany(members.size());
        }
        Fingerprint origin = origin(create, members);
        Optional<Conversation> existing = view.conversation(create.conversationId());
        if (existing.isPresent()) {
            return existing.get().origin().equals(origin)
                    ? Decision.accepted(new ChatAnswer.ConversationOpened(create.conversationId(), true))
                    : Decision.refused(
                            Refusal.CLIENT_CONVERSATION_ID_REUSED,
                            "the clientConversationId was used for a group with another title or other members");
        }
        ConversationRecord created = new ConversationRecord(
                create.conversationId(),
                1,
                0,
                stamp.messageId(0),
                create.creatorId(),
                stamp.epochMillis(),
                new RecordBody.MembershipChange(
                        RecordBody.Action.CREATED, create.creatorId(), Optional.of(Role.OWNER)));
        return Decision.accepted(
                new ChatAnswer.ConversationOpened(create.conversationId(), false),
                new ChatEvent.GroupOpened(created, create.title(), List.copyOf(members), origin));
    }

    static Decision setMuted(ConversationView view, SetMuted mute) {
        return switch (Admission.of(view, mute.conversationId(), mute.memberId())) {
            case Admission.Denied denied -> denied.decision();
            case Admission.Admitted admitted
            when admitted.member().muted() == mute.muted() -> Decision.accepted(new ChatAnswer.Done());
            case Admission.Admitted _ ->
                Decision.accepted(
                        new ChatAnswer.Done(),
                        new ChatEvent.MuteChanged(mute.conversationId(), mute.memberId(), mute.muted()));
        };
    }

    /// Blocks before anything was said, too: the conversation need not exist, its id follows from the two users.
    static Decision setBlocked(ConversationView view, SetBlocked block) {
        if (block.blockerId().equals(block.blockedId())) {
            return Decision.refused(Refusal.INVALID_FIELD, "blockedId must be another user than the caller");
        }
        if (!block.conversationId().equals(Ids.direct(block.blockerId(), block.blockedId()))) {
            return foreignPair(block.conversationId(), block.blockerId(), block.blockedId());
        }
        if (view.blockedBy(block.conversationId(), block.blockerId()) == block.blocked()) {
            return Decision.accepted(new ChatAnswer.Done());
        }
        return Decision.accepted(
                new ChatAnswer.Done(),
                new ChatEvent.BlockChanged(block.conversationId(), block.blockerId(), block.blocked()));
    }

    private static Decision foreignPair(String conversationId, String userA, String userB) {
        return Decision.refused(
                Refusal.INVALID_FIELD,
                "conversationId must be the direct conversation of the two users, %s, but is %s"
                        .formatted(Ids.direct(userA, userB), conversationId));
    }

    private static Fingerprint origin(CreateGroup create, SortedSet<String> members) {
        List<String> parts = new ArrayList<>(members.size() + 2);
        parts.add(create.creatorId());
        parts.add(create.title());
        parts.addAll(members);
        return Fingerprint.of("group-origin", parts.toArray(String[]::new));
    }

    private ConversationRules() {}
}
