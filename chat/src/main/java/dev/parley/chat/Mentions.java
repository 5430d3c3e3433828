package dev.parley.chat;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds `@userId` in texts.
public final class Mentions {

    /// What may stand before a mention is anything but a character of an id, so that `ann@example.org` is none.
    private static final Pattern MENTION =
            Pattern.compile("(?<![A-Za-z0-9_.@-])@([A-Za-z0-9_.@-]{1," + ChatLimits.USER_ID_LENGTH_MAX + "})");

    private static final String PUNCTUATION = ".-@";

    /// The ids that a text may mention. An id may end with a dot, and a sentence too, so both readings are
    /// among them;
    /// who is no member is not mentioned.
    public static Set<String> in(String text) {
        if (text.indexOf('@') < 0) {
            return Set.of();
        }
        Set<String> ids = new HashSet<>();
        Matcher matcher = MENTION.matcher(text);
        while (matcher.find()) {
            String id = matcher.group(1);
            ids.add(id);
            while (!id.isEmpty() && PUNCTUATION.indexOf(id.charAt(id.length() - 1)) >= 0) {
                id = id.substring(0, id.length() - 1);
                ids.add(id);
            }
        }
        ids.remove("");
        return ids;
    }

    private Mentions() {}
}
