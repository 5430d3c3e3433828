package dev.parley.cli.chat;

import dev.parley.cli.Screen;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How things look in the chat. Text of others goes through [Screen#safe], and between marks that keep a right-to-left
/// message from turning the rest of its line around.
final class ChatText {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm");

    private static final DateTimeFormatter SEEN = DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ROOT);

    /// First strong isolate and its end (UAX 9): what stands between them cannot reorder what is around.
    private static final String ISOLATE = "\u2068";

    private static final String END_ISOLATE = "\u2069";

    private final String userId;
    private final Style style;

    ChatText(String userId, Style style) {
        this.userId = userId;
        this.style = style;
    }

    /// Escape sequences, or nothing where they are not wanted.
    record Style(String dim, String bold, String warn, String reset) {

        static final Style PLAIN = new Style("", "", "", "");
        static final Style COLOURED = new Style("\u001b[2m", "\u001b[1m", "\u001b[33m", "\u001b[0m");
    }

    String record(Message record) {
        String time = style.dim() + TIME.format(record.createdAt().atZone(ZoneId.systemDefault())) + style.reset();
        return switch (record.body()) {
            case MessageBody.Text(String text) -> time + " " + name(record.senderId()) + " " + isolated(text);
            case MessageBody.Membership change -> time + " " + note(described(record.senderId(), change));
        };
    }

    private String name(String senderId) {
        String safe = Screen.safe(senderId);
        return senderId.equals(userId)
                ? style.dim() + safe + ":" + style.reset()
                : style.bold() + safe + ":" + style.reset();
    }

    private static String described(String actor, MessageBody.Membership change) {
        String who = Screen.safe(actor);
        String whom = Screen.safe(change.userId());
        return switch (change.action()) {
            case "created" -> who + " began the conversation";
            case "added" -> who + " added " + whom;
            case "removed" -> who + " removed " + whom;
            case "left" -> whom + " left";
            default ->
                who + " changed the role of " + whom
                        + change.role().map(role -> " to " + role).orElse("");
        };
    }

    String note(String sentence) {
        return style.dim() + "-- " + sentence + style.reset();
    }

    String warning(String sentence) {
        return style.warn() + "!! " + Screen.safe(sentence) + style.reset();
    }

    /// @param connection what is wrong with it; empty while all is well
    /// @param unsent messages that have no acknowledgement yet
    /// @param typists who is writing
    String prompt(Optional<String> connection, int unsent, List<String> typists) {
        String waiting = unsent > 0 ? style.warn() + unsent + " unsent " + style.reset() : "";
        String trouble = connection
                .map(state -> style.warn() + "[" + state + "] " + style.reset())
                .orElse("");
        return trouble + waiting + writing(typists) + Screen.safe(userId) + "> ";
    }

    /// Accepted, received by all others, or read.
    String mark(Marks.Mark mark) {
        if (mark.read() > 0) {
            String readers = mark.others() > 1 ? "read by " + mark.read() : "read";
            return style.bold() + "✓✓ " + readers + style.reset();
        }
        boolean everywhere = mark.others() > 0 && mark.delivered() == mark.others();
        return style.dim() + (everywhere ? "✓✓" : "✓") + style.reset();
    }

    /// Whether somebody is here, as a sentence.
    String presence(Rest.UserPresence user) {
        String who = mark(user) + " " + Screen.safe(user.userId());
        if (isOnline(user)) {
            return note(who + " is online");
        }
        return note(user.lastActiveAt()
                .map(at -> who + " was last seen at " + SEEN.format(at.atZone(ZoneId.systemDefault())))
                .orElse(who + " is offline"));
    }

    /// Whether somebody is here, as one character.
    static String mark(Rest.UserPresence user) {
        return isOnline(user) ? "●" : "○";
    }

    static boolean isOnline(Rest.UserPresence user) {
        return user.status().equals("online");
    }

    private String writing(List<String> typists) {
        return switch (typists.size()) {
            case 0 -> "";
            case 1 -> style.dim() + "(" + Screen.safe(typists.getFirst()) + " is typing…) " + style.reset();
            default -> style.dim() + "(" + typists.size() + " are typing…) " + style.reset();
        };
    }

    private static String isolated(String text) {
        return ISOLATE + Screen.safe(text) + END_ISOLATE;
    }
}
