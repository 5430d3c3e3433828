package dev.parley.jepsen.run;

import dev.parley.jepsen.workload.ChatLog;
import dev.parley.jepsen.workload.Membership;
import dev.parley.jepsen.workload.UnreadCounts;
import dev.parley.jepsen.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// All workloads by name.
public final class Workloads {

    private static final Map<String, Supplier<Workload>> ALL = new TreeMap<>(Map.of(
            "chat-log", () -> new ChatLog(ChatLog.Shape.CHAT_LOG),
            "drain", () -> new ChatLog(ChatLog.Shape.DRAIN),
            "exactly-once", () -> new ChatLog(ChatLog.Shape.EXACTLY_ONCE),
            "many-partitions", () -> new ChatLog(ChatLog.Shape.MANY_PARTITIONS),
            "membership", Membership::new,
            "unread", UnreadCounts::new));

    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /// The one of that name.
    ///
    /// @throws IllegalArgumentException if there is none of that name; the message lists those that there are
    public static Workload of(String name) {
        Supplier<Workload> made = ALL.get(name);
        if (made == null) {
            throw new IllegalArgumentException(
                    "there is no workload " + name + "; there are " + String.join(", ", names()));
        }
        return made.get();
    }

    private Workloads() {}
}
