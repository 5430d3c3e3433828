package dev.parley.node.session;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How often one session may say that its user is writing: once in two seconds per conversation, and each time once
/// that it has stopped. More is left out without a word, for it tells nobody anything new. Used by the reader only.
final class TypingPace {
    private static final long EVERY_NANOS = Duration.ofSeconds(2).toNanos();

    /// Nobody writes in more at once. One that is forgotten may speak again at once; the rate of requests bounds that.
    private static final int CONVERSATIONS_MAX = 16;

    /// Null until the first frame: most sessions are silent.
    private @Nullable Map<String, Last> lasts;

    private record Last(long startedNanos, boolean active) {}

    /// Whether it should be told.
    boolean admits(String conversationId, boolean active, long nowNanos) {
        if (lasts == null) {
            lasts = newest();
        }
        Last last = lasts.get(conversationId);
        boolean news =
                active ? last == null || nowNanos - last.startedNanos() >= EVERY_NANOS : last != null && last.active();
        if (news) {
            lasts.put(conversationId, new Last(active || last == null ? nowNanos : last.startedNanos(), active));
        }
        return news;
    }

    private static Map<String, Last> newest() {
        return new LinkedHashMap<>(4, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Last> eldest) {
                return size() > CONVERSATIONS_MAX;
            }
        };
    }
}
