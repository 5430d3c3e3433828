package dev.parley.node.push;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// What every provider makes of a notice. Small enough for the 4096 bytes that each of them takes.
public final class NoticeFields {

    /// Characters of a text that at most are shown.
    private static final int TITLE_MAX = 100;

    private static final int PREVIEW_MAX = 400;

    /// 32 characters in base64url, the longest topic of Web Push.
    private static final int COLLAPSE_BYTES = 24;

    private NoticeFields() {}

    /// The notice as fields for the app.
    public static Map<String, String> of(PushNotice notice) {
        Map<String, String> fields = withoutTexts(notice);
        if (notice instanceof PushNotice.NewMessages messages) {
            fields.put("title", title(messages));
            messages.preview().ifPresent(text -> fields.put("preview", shortened(text, PREVIEW_MAX)));
        }
        return fields;
    }

    /// The same without the texts, for a provider that has its own fields for them.
    public static Map<String, String> withoutTexts(PushNotice notice) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("userId", notice.userId());
        fields.put("conversationId", notice.conversationId());
        fields.put("badge", Integer.toString(notice.badge()));
        switch (notice) {
            case PushNotice.NewMessages messages -> {
                fields.put("type", "newMessages");
                fields.put("unread", Integer.toString(messages.unread()));
                fields.put("mention", Boolean.toString(messages.mention()));
            }
            case PushNotice.BadgeUpdate _ -> fields.put("type", "badgeUpdate");
        }
        return fields;
    }

    /// The headline that a device shows.
    public static String title(PushNotice.NewMessages messages) {
        return shortened(messages.title(), TITLE_MAX);
    }

    /// The line that a device shows below.
    public static String body(PushNotice.NewMessages messages) {
        return messages.preview()
                .map(text -> shortened(text, PREVIEW_MAX))
                .orElseGet(() -> messages.unread() == 1 ? "1 new message" : messages.unread() + " new messages");
    }

    /// By which a provider knows the notices of one conversation. Shows the provider no id.
    public static String collapseKey(PushNotice notice) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(notice.conversationId().getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, COLLAPSE_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String shortened(String text, int max) {
        return text.codePointCount(0, text.length()) <= max
                ? text
                : text.substring(0, text.offsetByCodePoints(0, max - 1)) + "…";
    }
}
