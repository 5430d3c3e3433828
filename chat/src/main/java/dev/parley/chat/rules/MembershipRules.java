package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.AddMember;
import dev.parley.chat.ChatCommand.AdvanceMembershipCheckpoint;
import dev.parley.chat.ChatCommand.RemoveMember;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ConversationKind;
import dev.parley.chat.ConversationRecord;
import dev.parley.chat.RecordBody;
import dev.parley.chat.RecordBody.Action;
import dev.parley.chat.Refusal;
import dev.parley.chat.Role;
import dev.parley.chat.view.ChatView;
import dev.parley.chat.view.Conversation;
import dev.parley.chat.view.ConversationView;
import dev.parley.chat.view.Member;
import dev.parley.chat.view.MembershipProgress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Who is in a group and as what. Owners and admins add and remove members; only owners change roles and remove admins.
/// A group with members always has an owner. Each change is one record of the log.
final class MembershipRules {

    static Decision add(ConversationView view, AddMember add, CommandStamp stamp) {
        return switch (Admission.of(view, add.conversationId(), add.actorId())) {
            case Admission.Denied denied -> denied.decision();
            case Admission.Admitted(var conversation, var actor) ->
                add(view, add, new Change(conversation, actor, stamp));
        };
    }

    private static Decision add(ConversationView view, AddMember add, Change change) {
        if (change.conversation().kind() == ConversationKind.DIRECT) {
            return directIsFixed();
        }
        if (change.actor().role() == Role.MEMBER) {
            return roleRequired("only an owner or admin adds members, %s is neither", add.actorId());
        }
        return view.member(add.conversationId(), add.memberId())
                .map(present -> changeRole(change, present, add.role()))
                .orElseGet(() -> addNew(change, add));
    }

    private static Decision addNew(Change change, AddMember add) {
        if (add.role() != Role.MEMBER && change.actor().role() != Role.OWNER) {
            return roleRequired(
                    "only an owner gives a role, %s is none", change.actor().userId());
        }
        int members = change.conversation().census().members();
        if (members >= ChatLimits.GROUP_MEMBERS_MAX) {
            return tooMany(members + 1);
        }
        ConversationRecord added = change.record(0, Action.ADDED, add.memberId(), Optional.of(add.role()));
        return Decision.accepted(
                new ChatAnswer.MembersChanged(added.seq()),
                new ChatEvent.MemberAdded(added, add.memberId(), add.role()));
    }

    private static Decision changeRole(Change change, Member present, Role role) {
        if (present.role() == role) {
            return nothingToChange(change.conversation());
        }
        if (change.actor().role() != Role.OWNER) {
            return roleRequired(
                    "only an owner changes a role, %s is none", change.actor().userId());
        }
        if (present.role() == Role.OWNER && change.conversation().census().owners() == 1) {
            return roleRequired("the last owner, %s, must name another owner first", present.userId());
        }
        ConversationRecord changed = change.record(0, Action.ROLE_CHANGED, present.userId(), Optional.of(role));
        return Decision.accepted(
                new ChatAnswer.MembersChanged(changed.seq()),
                new ChatEvent.RoleChanged(changed, present.userId(), present.role(), role));
    }

    static Decision remove(ConversationView view, RemoveMember remove, CommandStamp stamp) {
        return switch (Admission.of(view, remove.conversationId(), remove.actorId())) {
            case Admission.Denied denied -> denied.decision();
            case Admission.Admitted(var conversation, var actor) ->
                remove(view, remove, new Change(conversation, actor, stamp));
        };
    }

    private static Decision remove(ConversationView view, RemoveMember remove, Change change) {
        if (change.conversation().kind() == ConversationKind.DIRECT) {
            return directIsFixed();
        }
        if (remove.actorId().equals(remove.memberId())) {
            return leave(view, change);
        }
        if (change.actor().role() == Role.MEMBER) {
            return roleRequired("only an owner or admin removes members, %s is neither", remove.actorId());
        }
        return view.member(remove.conversationId(), remove.memberId())
                .map(present -> removeOther(change, present))
                .orElseGet(() -> nothingToChange(change.conversation()));
    }

    private static Decision removeOther(Change change, Member present) {
        if (present.role() != Role.MEMBER && change.actor().role() != Role.OWNER) {
            return roleRequired(
                    "only an owner removes an owner or admin, %s is none",
                    change.actor().userId());
        }
        ConversationRecord removed = change.record(0, Action.REMOVED, present.userId(), Optional.empty());
        return Decision.accepted(
                new ChatAnswer.MembersChanged(removed.seq()),
                new ChatEvent.MemberRemoved(removed, present.userId(), present.role()));
    }

    private static Decision leave(ConversationView view, Change change) {
        Member leaver = change.actor();
        ConversationRecord left = change.record(0, Action.LEFT, leaver.userId(), Optional.empty());
        List<ChatEvent> events = new ArrayList<>(2);
        events.add(new ChatEvent.MemberRemoved(left, leaver.userId(), leaver.role()));
        if (leaver.role() == Role.OWNER && change.conversation().census().owners() == 1) {
            heir(view, change).ifPresent(heir -> {
                ConversationRecord promoted =
                        change.record(1, Action.ROLE_CHANGED, heir.userId(), Optional.of(Role.OWNER));
                events.add(new ChatEvent.RoleChanged(promoted, heir.userId(), heir.role(), Role.OWNER));
            });
        }
        return new Decision.Accepted(events, new ChatAnswer.MembersChanged(left.seq()));
    }

    /// The longest-standing admin, or else member; of several who joined with one record the first by id.
    private static Optional<Member> heir(ConversationView view, Change change) {
        return view.members(change.conversation().conversationId()).stream()
                .filter(member -> !member.userId().equals(change.actor().userId()))
                .min(Comparator.comparing(Member::role)
                        .thenComparingLong(Member::joinedSeq)
                        .thenComparing(Member::userId));
    }

    static Decision advanceCheckpoint(ChatView view, AdvanceMembershipCheckpoint advance) {
        MembershipProgress progress = view.membershipProgress();
        if (advance.throughNumber() > progress.last()) {
            return Decision.refused(
                    Refusal.INVALID_FIELD,
                    "throughNumber must not be past the last membership change: %d, the last is %d"
                            .formatted(advance.throughNumber(), progress.last()));
        }
        return advance.throughNumber() <= progress.notedThrough()
                ? Decision.accepted(new ChatAnswer.Done())
                : Decision.accepted(
                        new ChatAnswer.Done(), new ChatEvent.MembershipCheckpointAdvanced(advance.throughNumber()));
    }

    static Decision tooMany(int members) {
        return Decision.refused(
                Refusal.TOO_LARGE,
                "a group has at most %d members, not %d".formatted(ChatLimits.GROUP_MEMBERS_MAX, members));
    }

    private static Decision nothingToChange(Conversation conversation) {
        return Decision.accepted(
                new ChatAnswer.MembersChanged(conversation.head().seq()));
    }

    private static Decision directIsFixed() {
        return Decision.refused(Refusal.ROLE_REQUIRED, "a direct conversation keeps its two members for ever");
    }

    private static Decision roleRequired(String detail, String userId) {
        return Decision.refused(Refusal.ROLE_REQUIRED, detail.formatted(userId));
    }

    /// A change of members in the making: where, by whom, when.
    private record Change(Conversation conversation, Member actor, CommandStamp stamp) {

        /// A record of the change.
        ///
        /// @param index position among the records that the command adds
        ConversationRecord record(int index, Action action, String memberId, Optional<Role> role) {
            return new ConversationRecord(
                    conversation.conversationId(),
                    conversation.head().seq() + 1 + index,
                    conversation.head().ordinal(),
                    stamp.messageId(index),
                    actor.userId(),
                    stamp.epochMillis(),
                    new RecordBody.MembershipChange(action, memberId, role));
        }
    }

    private MembershipRules() {}
}
