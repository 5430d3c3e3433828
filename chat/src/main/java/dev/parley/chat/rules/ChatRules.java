package dev.parley.chat.rules;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.view.ChatView;
import java.util.Optional;

/// The one entrance to the rules. A rule reads the view and nothing else: every replica decides alike.
public final class ChatRules {

    /// Decides on a command. Never throws for anything a client can send.
    public static Decision decide(ChatView view, ChatCommand command, CommandStamp stamp) {
        Optional<ChatAnswer.Refused> problem = FieldRules.check(command);
        if (problem.isPresent()) {
            return new Decision.Refused(problem.get());
        }
        return switch (command) {
            case ChatCommand.CreateDirect create -> ConversationRules.createDirect(view, create, stamp);
            case ChatCommand.CreateGroup create -> ConversationRules.createGroup(view, create, stamp);
            case ChatCommand.PostMessage post -> MessageRules.post(view, post, stamp);
            case ChatCommand.AddMember add -> MembershipRules.add(view, add, stamp);
            case ChatCommand.RemoveMember remove -> MembershipRules.remove(view, remove, stamp);
            case ChatCommand.AdvanceRead read -> CursorRules.advanceRead(view, read);
            case ChatCommand.AdvanceDelivered delivered -> CursorRules.advanceDelivered(view, delivered);
            case ChatCommand.SetMuted mute -> ConversationRules.setMuted(view, mute);
            case ChatCommand.SetBlocked block -> ConversationRules.setBlocked(view, block);
            case ChatCommand.CreateUser create -> AccountRules.createUser(view, create, stamp);
            case ChatCommand.RegisterDevice register -> AccountRules.registerDevice(view, register, stamp);
            case ChatCommand.RevokeDevice revoke -> AccountRules.revokeDevice(view, revoke);
            case ChatCommand.SetSettings set -> AccountRules.setSettings(view, set);
            case ChatCommand.NoteMembership note -> AccountRules.noteMembership(view, note, stamp);
            case ChatCommand.NoteBlocked note -> AccountRules.noteBlocked(view, note);
            case ChatCommand.SetPushTarget set -> PushRules.set(view, set);
            case ChatCommand.RemovePushTarget remove -> PushRules.remove(view, remove);
            case ChatCommand.NotePushes note -> PushRules.note(view, note, stamp);
            case ChatCommand.NoteActivity note -> InboxRules.noteActivity(view, note);
            case ChatCommand.AdvanceOutboxCheckpoint advance -> InboxRules.advanceCheckpoint(view, advance);
            case ChatCommand.OnDeadLetters about -> DeadLetterRules.decide(view, about);
            case ChatCommand.AdvanceMembershipCheckpoint advance -> MembershipRules.advanceCheckpoint(view, advance);
        };
    }

    private ChatRules() {}
}
