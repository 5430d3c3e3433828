package dev.parley.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// Who connects, from which device, to which nodes, and how patiently.
///
/// @param urls base URLs of nodes of one cluster, such as `http://127.0.0.1:8080`; any one will do, the others are for
///     when it does not answer
/// @param bearerToken gives the user's bearer token; asked again when a session token has expired
/// @param deviceId names this installation; a second session of the same device replaces the first
public record ClientOptions(
        List<URI> urls,
        Supplier<String> bearerToken,
        String deviceId,
        String platform,
        NewConversations newConversations,
        Timing timing) {

    public ClientOptions {
        urls = List.copyOf(urls);
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("at least one URL of a node is needed");
        }
    }

    /// The usual options of a program that shows everything.
    public static ClientOptions of(List<URI> urls, Supplier<String> bearerToken, String deviceId) {
        return new ClientOptions(urls, bearerToken, deviceId, "cli", NewConversations.FROM_BEGINNING, Timing.DEFAULT);
    }

    public ClientOptions with(NewConversations choice) {
        return new ClientOptions(urls, bearerToken, deviceId, platform, choice, timing);
    }

    public ClientOptions with(Timing choice) {
        return new ClientOptions(urls, bearerToken, deviceId, platform, newConversations, choice);
    }

    /// Where a live session begins in a conversation that the device knows nothing of yet.
    public enum NewConversations {
        /// With the first record that the user may see.
        FROM_BEGINNING,
        /// With what comes after the session's first connection; older records can be read as history.
        FROM_HEAD
    }

    /// How long to wait for what.
    ///
    /// @param connect for a connection, then the answer to the upgrade, then the server's hello
    /// @param request for one answer to a REST request, before another node is asked
    /// @param deadline for a REST call with all its retries
    /// @param sendDeadline for the acknowledgement of a message, over all reconnections
    /// @param backOffMin the first wait after a failure; doubled from then on, with jitter
    public record Timing(
            Duration connect,
            Duration request,
            Duration deadline,
            Duration sendDeadline,
            Duration backOffMin,
            Duration backOffMax) {

        public static final Timing DEFAULT = new Timing(
                Duration.ofSeconds(5),
                Duration.ofSeconds(12), // more than the 10 s that a node itself spends on retries
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofMillis(100),
                Duration.ofSeconds(5));
    }
}
