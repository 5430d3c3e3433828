package dev.parley.chat.rules;

import dev.parley.chat.AccountSettings;
import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand.CreateUser;
import dev.parley.chat.ChatCommand.NoteBlocked;
import dev.parley.chat.ChatCommand.NoteMembership;
import dev.parley.chat.ChatCommand.RegisterDevice;
import dev.parley.chat.ChatCommand.RevokeDevice;
import dev.parley.chat.ChatCommand.SetSettings;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.Refusal;
import dev.parley.chat.view.Account;
import dev.parley.chat.view.AccountView;
import dev.parley.chat.view.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Users, their devices and their lists.
final class AccountRules {
    private static final long FIRST_GENERATION = 1;

    static Decision createUser(AccountView view, CreateUser create, CommandStamp stamp) {
        return view.account(create.userId()).isPresent()
                ? Decision.accepted(new ChatAnswer.Done())
                : Decision.accepted(
                        new ChatAnswer.Done(), new ChatEvent.UserCreated(create.userId(), stamp.epochMillis()));
    }

    static Decision registerDevice(AccountView view, RegisterDevice register, CommandStamp stamp) {
        Optional<Device> known = view.device(register.userId(), register.deviceId());
        if (known.isPresent()) {
            return renew(known.get(), register);
        }
        Optional<Account> account = view.account(register.userId());
        if (account.isPresent() && account.get().devices() >= ChatLimits.DEVICES_PER_USER_MAX) {
            return Decision.refused(
                    Refusal.TOO_LARGE, "a user has at most %d devices".formatted(ChatLimits.DEVICES_PER_USER_MAX));
        }
        List<ChatEvent> events = new ArrayList<>(2);
        if (account.isEmpty()) {
            events.add(new ChatEvent.UserCreated(register.userId(), stamp.epochMillis()));
        }
        events.add(new ChatEvent.DeviceAdded(
                register.userId(), register.deviceId(), register.platform(), stamp.epochMillis()));
        return new Decision.Accepted(events, new ChatAnswer.DeviceRegistered(FIRST_GENERATION));
    }

    /// A new generation only after a revocation: tokens from before it stay void, all others stay good.
    private static Decision renew(Device known, RegisterDevice register) {
        long generation = known.revoked() ? known.generation() + 1 : known.generation();
        ChatAnswer answer = new ChatAnswer.DeviceRegistered(generation);
        return !known.revoked() && known.platform().equals(register.platform())
                ? Decision.accepted(answer)
                : Decision.accepted(
                        answer,
                        new ChatEvent.DeviceRenewed(
                                register.userId(), register.deviceId(), register.platform(), generation));
    }

    static Decision revokeDevice(AccountView view, RevokeDevice revoke) {
        if (view.account(revoke.userId()).isEmpty()) {
            return userUnknown(revoke.userId());
        }
        Optional<Device> device = view.device(revoke.userId(), revoke.deviceId());
        if (device.isEmpty()) {
            return Decision.refused(
                    Refusal.DEVICE_UNKNOWN, "%s has no device %s".formatted(revoke.userId(), revoke.deviceId()));
        }
        return device.get().revoked()
                ? Decision.accepted(new ChatAnswer.Done())
                : Decision.accepted(
                        new ChatAnswer.Done(), new ChatEvent.DeviceRevoked(revoke.userId(), revoke.deviceId()));
    }

    static Decision setSettings(AccountView view, SetSettings set) {
        Optional<Account> account = view.account(set.userId());
        if (account.isEmpty()) {
            return userUnknown(set.userId());
        }
        AccountSettings settings = account.get().settings().patched(set.patch());
        return settings.equals(account.get().settings())
                ? Decision.accepted(new ChatAnswer.Done())
                : Decision.accepted(new ChatAnswer.Done(), new ChatEvent.SettingsChanged(set.userId(), settings));
    }

    /// Takes a note also for a user who was never here: the list waits for the first bootstrap.
    static Decision noteMembership(AccountView view, NoteMembership note, CommandStamp stamp) {
        Optional<ListedConversation> listed = view.listed(note.userId(), note.conversationId());
        boolean news =
                listed.map(last -> note.membershipSeq() > last.membershipSeq()).orElse(true);
        return news
                ? Decision.accepted(
                        new ChatAnswer.Done(),
                        new ChatEvent.MembershipNoted(
                                note.userId(),
                                note.conversationId(),
                                note.membershipSeq(),
                                note.member(),
                                stamp.epochMillis()))
                : Decision.accepted(new ChatAnswer.Done());
    }

    static Decision noteBlocked(AccountView view, NoteBlocked note) {
        if (view.account(note.userId()).isEmpty()) {
            return userUnknown(note.userId());
        }
        return view.blocks(note.userId(), note.blockedId()) == note.blocked()
                ? Decision.accepted(new ChatAnswer.Done())
                : Decision.accepted(
                        new ChatAnswer.Done(),
                        new ChatEvent.BlockNoted(note.userId(), note.blockedId(), note.blocked()));
    }

    private static Decision userUnknown(String userId) {
        return Decision.refused(Refusal.USER_UNKNOWN, "there is no user %s".formatted(userId));
    }

    private AccountRules() {}
}
