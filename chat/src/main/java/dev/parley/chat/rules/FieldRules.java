package dev.parley.chat.rules;

import dev.parley.chat.AccountSettings.QuietHours;
import dev.parley.chat.ChatAnswer.Refused;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.Ids;
import dev.parley.chat.Refusal;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Checks of a command's fields that need no state. The edge asks before it proposes a command, and [ChatRules]
/// asks
/// again at apply, so that no replica depends on what a gateway checked.
public final class FieldRules {
    private static final int MINUTES_PER_DAY = 24 * 60;
    private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9_+/-]{1,64}");
    private static final Set<String> PLATFORMS = Set.of("ios", "android", "web", "desktop", "cli");

    /// What is wrong with the command's fields; empty if nothing is.
    public static Optional<Refused> check(ChatCommand command) {
        return switch (command) {
            case ChatCommand.OnConversation about -> checkConversation(about);
            case ChatCommand.OnUser about -> checkUser(about);
            case ChatCommand.NoteActivity note ->
                note.activities().stream()
                        .flatMap(activity -> activity(activity).stream())
                        .findFirst();
            case ChatCommand.NotePushes note ->
                position("throughNumber", note.throughNumber())
                        .or(() -> note.pushes().stream()
                                .flatMap(pushed -> pushed(pushed).stream())
                                .findFirst());
            case ChatCommand.AdvanceOutboxCheckpoint advance -> position("throughNumber", advance.throughNumber());
            case ChatCommand.OnDeadLetters about -> checkDeadLetters(about);
            case ChatCommand.AdvanceMembershipCheckpoint advance -> position("throughNumber", advance.throughNumber());
        };
    }

    /// Checks a message's text: 1 to 4,096 bytes of UTF-8. Text of blanks only is a text: what it means is not
    /// ours to
    /// judge.
    public static Optional<Refused> text(String text) {
        return sized("text", text, ChatLimits.TEXT_BYTES_MAX);
    }

    /// Checks a group's title: 1 to 256 bytes of UTF-8 on one line.
    public static Optional<Refused> title(String title) {
        return sized("title", title, ChatLimits.TITLE_BYTES_MAX).or(() -> plain("title", title));
    }

    /// Checks an id that a client chose: 1 to 128 characters, none of them a control character.
    public static Optional<Refused> clientId(String field, String id) {
        if (id.isEmpty() || id.length() > ChatLimits.CLIENT_ID_LENGTH_MAX) {
            return invalid(
                    field,
                    "must have 1 to %d characters, not %d".formatted(ChatLimits.CLIENT_ID_LENGTH_MAX, id.length()));
        }
        return plain(field, id);
    }

    /// Checks the shape of a user's id.
    public static Optional<Refused> userId(String field, String id) {
        return Ids.isUser(id)
                ? Optional.empty()
                : invalid(
                        field,
                        "must be 1 to %d of the characters A-Z a-z 0-9 _ . @ -"
                                .formatted(ChatLimits.USER_ID_LENGTH_MAX));
    }

    /// Whether the text can be written in UTF-8: no half of a surrogate pair stands alone.
    public static boolean wellFormed(String text) {
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            if (Character.isSurrogate(unit)) {
                boolean pair = Character.isHighSurrogate(unit)
                        && at + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(at + 1));
                if (!pair) {
                    return false;
                }
                at++;
            }
        }
        return true;
    }

    private static Optional<Refused> checkConversation(ChatCommand.OnConversation command) {
        if (!Ids.isConversation(command.conversationId())) {
            return Optional.of(Admission.unknown(command.conversationId()));
        }
        return switch (command) {
            case ChatCommand.CreateDirect create -> users(create.creatorId(), create.otherId());
            case ChatCommand.CreateGroup create -> createGroup(create);
            case ChatCommand.PostMessage post ->
                userId("senderId", post.senderId())
                        .or(() -> clientId("clientMessageId", post.clientMessageId()))
                        .or(() -> text(post.text()))
                        .or(() -> deviceIfKnown(post.senderDeviceId()));
            case ChatCommand.AddMember add -> users(add.actorId(), add.memberId());
            case ChatCommand.RemoveMember remove -> users(remove.actorId(), remove.memberId());
            case ChatCommand.AdvanceRead read ->
                users(read.readerId()).or(() -> position("readThroughSeq", read.throughSeq()));
            case ChatCommand.AdvanceDelivered delivered ->
                users(delivered.receiverId())
                        .or(() -> position("deliveredThroughSeq", delivered.throughSeq()))
                        .or(() -> deviceIfKnown(delivered.deviceId()));
            case ChatCommand.SetMuted mute -> users(mute.memberId());
            case ChatCommand.SetBlocked block -> users(block.blockerId(), block.blockedId());
        };
    }

    private static Optional<Refused> deviceIfKnown(String deviceId) {
        return deviceId.isEmpty() ? Optional.empty() : clientId("deviceId", deviceId);
    }

    private static Optional<Refused> checkUser(ChatCommand.OnUser command) {
        return users(command.userId()).or(() -> switch (command) {
            case ChatCommand.CreateUser _ -> Optional.empty();
            case ChatCommand.RegisterDevice register ->
                clientId("deviceId", register.deviceId()).or(() -> platform(register.platform()));
            case ChatCommand.RevokeDevice revoke -> clientId("deviceId", revoke.deviceId());
            case ChatCommand.SetSettings set -> set.patch().quietHours().flatMap(FieldRules::quietHours);
            case ChatCommand.SetPushTarget set ->
                clientId("deviceId", set.deviceId())
                        .or(() -> sized("token", set.target().token(), ChatLimits.PUSH_TOKEN_BYTES_MAX));
            case ChatCommand.RemovePushTarget remove -> clientId("deviceId", remove.deviceId());
            case ChatCommand.NoteMembership note ->
                Ids.isConversation(note.conversationId())
                        ? position("membershipSeq", note.membershipSeq())
                        : Optional.of(Admission.unknown(note.conversationId()));
            case ChatCommand.NoteBlocked note -> users(note.blockedId());
        });
    }

    /// What the letter is about is not checked: it may be in it because its fields are wrong.
    private static Optional<Refused> checkDeadLetters(ChatCommand.OnDeadLetters command) {
        return switch (command) {
            case ChatCommand.AddDeadLetter add ->
                position("tries", add.letter().tries())
                        .or(() -> position("atMillis", add.letter().atMillis()));
            case ChatCommand.DropDeadLetter drop -> position("number", drop.number());
            case ChatCommand.RetryDeadLetter retry -> position("number", retry.number());
        };
    }

    private static Optional<Refused> pushed(ChatCommand.Pushed pushed) {
        return users(pushed.userId())
                .or(() -> Ids.isConversation(pushed.conversationId())
                        ? Optional.empty()
                        : Optional.of(Admission.unknown(pushed.conversationId())))
                .or(() -> position("seq", pushed.seq()));
    }

    private static Optional<Refused> activity(ChatCommand.Activity activity) {
        return users(activity.userId())
                .or(() -> Ids.isConversation(activity.conversationId())
                        ? Optional.empty()
                        : Optional.of(Admission.unknown(activity.conversationId())))
                .or(() -> position("headSeq", activity.progress().headSeq()))
                .or(() -> position("headOrdinal", activity.progress().headOrdinal()))
                .or(() -> position("readSeq", activity.progress().readSeq()))
                .or(() -> position("readOrdinal", activity.progress().readOrdinal()))
                .or(() -> position("activityMillis", activity.progress().activityMillis()))
                .or(() -> position("mentionSeq", activity.progress().mentionSeq()))
                .or(() -> position("deliveryNumber", activity.deliveryNumber()));
    }

    private static Optional<Refused> createGroup(ChatCommand.CreateGroup create) {
        Optional<Refused> problem = users(create.creatorId()).or(() -> title(create.title()));
        if (problem.isPresent()) {
            return problem;
        }
        return create.memberIds().stream()
                .filter(member -> !Ids.isUser(member))
                .findFirst()
                .flatMap(member -> userId("participantIds", member));
    }

    private static Optional<Refused> users(String... ids) {
        for (String id : ids) {
            Optional<Refused> problem = userId("userId", id);
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    private static Optional<Refused> platform(String platform) {
        return PLATFORMS.contains(platform)
                ? Optional.empty()
                : invalid("platform", "must be ios, android, web, desktop or cli");
    }

    /// Only the shape of a zone: which zones there are differs from one Java to another, and replicas must
    /// agree.
    private static Optional<Refused> quietHours(QuietHours hours) {
        if (!minuteOfDay(hours.startMinute())) {
            return invalid("quietHours.start", "must be a time of the day");
        }
        if (!minuteOfDay(hours.endMinute()) || hours.endMinute() == hours.startMinute()) {
            return invalid("quietHours.end", "must be a time of the day, other than the start");
        }
        return ZONE.matcher(hours.zone()).matches()
                ? Optional.empty()
                : invalid("quietHours.zone", "must be a time zone such as Europe/Berlin");
    }

    private static boolean minuteOfDay(int minute) {
        return minute >= 0 && minute < MINUTES_PER_DAY;
    }

    private static Optional<Refused> position(String field, long value) {
        return value >= 0 ? Optional.empty() : invalid(field, "must not be negative: " + value);
    }

    private static Optional<Refused> sized(String field, String text, int bytesMax) {
        if (text.isEmpty()) {
            return invalid(field, "must not be empty");
        }
        if (!wellFormed(text)) {
            return invalid(field, "holds half of a surrogate pair, which is no Unicode text");
        }
        int bytes = utf8Length(text);
        return bytes <= bytesMax
                ? Optional.empty()
                : Optional.of(new Refused(
                        Refusal.TOO_LARGE, "%s must have at most %d bytes, not %d".formatted(field, bytesMax, bytes)));
    }

    private static Optional<Refused> plain(String field, String text) {
        if (!wellFormed(text)) {
            return invalid(field, "holds half of a surrogate pair, which is no Unicode text");
        }
        return text.chars().anyMatch(Character::isISOControl)
                ? invalid(field, "must not hold control characters")
                : Optional.empty();
    }

    private static int utf8Length(String text) {
        int bytes = 0;
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            if (unit < 0x80) {
                bytes += 1;
            } else if (unit < 0x800 || Character.isSurrogate(unit)) {
                bytes += 2;
            } else {
                bytes += 3;
            }
        }
        return bytes;
    }

    private static Optional<Refused> invalid(String field, String reason) {
        return Optional.of(new Refused(Refusal.INVALID_FIELD, field + " " + reason));
    }

    private FieldRules() {}
}
