package dev.parley.raftstorage.queue;

import java.util.regex.Pattern;

/// What a queue may be called.
public final class QueueName {
    private static final Pattern GOOD = Pattern.compile("[a-z0-9-]{1,64}");

    private QueueName() {}

    /// The name, if it is one.
    ///
    /// @throws IllegalArgumentException for anything else, so that a name is never a path
    public static String checked(String name) {
        if (!GOOD.matcher(name).matches()) {
            throw new IllegalArgumentException("no name of a queue: " + name);
        }
        return name;
    }
}
