package dev.parley.node.push;

import java.time.Duration;
import java.util.Optional;

/// What a provider said to a push.
public sealed interface PushResult {

    /// The provider's answer in a few words, for traces and dead letters. Never a secret, a token or a
    /// message's text.
    String detail();

    /// The provider has taken it.
    record Accepted(String detail) implements PushResult {}

    /// It may work later.
    ///
    /// @param after the least pause that the provider asked for
    record Retry(Optional<Duration> after, String detail) implements PushResult {

        /// Without a pause that the provider asked for.
        public static Retry later(String detail) {
            return new Retry(Optional.empty(), detail);
        }
    }

    /// The provider was not asked: too many pushes are under way, or it asked to be left alone with this
    /// endpoint.
    ///
    /// @param pause after which it may be
    record Busy(Duration pause, String detail) implements PushResult {}

    /// The endpoint is dead: remove it, and forget the push.
    record Gone(String detail) implements PushResult {}

    /// It will never work as it is: give it to the dead letters.
    record Rejected(String detail) implements PushResult {}
}
