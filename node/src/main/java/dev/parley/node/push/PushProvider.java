package dev.parley.node.push;

import java.util.concurrent.CompletableFuture;

/// A way to the devices of one kind. Thread-safe.
public interface PushProvider extends AutoCloseable {

    ProviderKind kind();

    /// Sends a notice. Neither throws nor blocks.
    ///
    /// @return completes within the provider's time limit, and never exceptionally
    CompletableFuture<PushResult> send(PushEndpoint endpoint, PushNotice notice);

    @Override
    void close();
}
