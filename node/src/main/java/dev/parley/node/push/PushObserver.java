package dev.parley.node.push;

import java.time.Duration;

/// Hears of each push, for metrics. Called on the provider's threads: returns at once.
@FunctionalInterface
public interface PushObserver {
    PushObserver NONE = (kind, result, took) -> {};

    /// A push was answered, also one that was not sent because its provider is busy or not configured.
    void answered(ProviderKind kind, PushResult result, Duration took);
}
