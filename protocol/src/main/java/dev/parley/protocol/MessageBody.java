package dev.parley.protocol;

import java.util.Optional;

/// What a record of a conversation says.
public sealed interface MessageBody {

    /// The wire value of `body.kind`.
    String kind();

    /// A text that a user wrote: 1 to [Limits#TEXT_BYTES_MAX] bytes of UTF-8.
    record Text(String text) implements MessageBody {
        @Override
        public String kind() {
            return "text";
        }
    }

    /// A change of the members, as a record of the log: `action` is `created`, `added`, `removed`, `left` or
    /// `role-changed`; `userId` whom it is about; `role` where one was given.
    record Membership(String action, String userId, Optional<String> role) implements MessageBody {
        @Override
        public String kind() {
            return "membership";
        }
    }
}
