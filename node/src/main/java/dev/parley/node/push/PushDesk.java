package dev.parley.node.push;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends each push through the provider of its kind. Every provider has its own bound, so that one which hangs
/// takes
/// nothing from the others; nothing waits here: above the bound the answer is [PushResult.Busy]. Thread-safe.
public final class PushDesk implements AutoCloseable {

    /// A provider with its bound.
    ///
    /// @param permits pushes under way at once
    public record Bounded(PushProvider provider, int permits) {}

    private static final Logger LOG = LoggerFactory.getLogger(PushDesk.class);
    private static final Duration BUSY_PAUSE = Duration.ofSeconds(1);

    private final Map<ProviderKind, Lane> lanes = new EnumMap<>(ProviderKind.class);
    private final AskedPauses pauses = new AskedPauses();
    private final Duration timeout;
    private final boolean previews;
    private final PushObserver observer;

    /// Takes over the providers, to close them.
    ///
    /// @param timeout after which a push is answered, whatever its provider does
    /// @param previews whether the text of messages may be shown to providers
    public PushDesk(List<Bounded> providers, Duration timeout, boolean previews, PushObserver observer) {
        for (Bounded each : providers) {
            lanes.put(each.provider().kind(), new Lane(each, new Semaphore(each.permits())));
        }
        this.timeout = timeout;
        this.previews = previews;
        this.observer = observer;
    }

    /// The providers that are configured.
    public Set<ProviderKind> providers() {
        return Set.copyOf(lanes.keySet());
    }

    /// Pushes that a configured provider may have under way at once.
    public int permits(ProviderKind kind) {
        Lane lane = lanes.get(kind);
        if (lane == null) {
            throw new IllegalArgumentException(kind.wire() + " is not configured");
        }
        return lane.bounded().permits();
    }

    /// Sends a notice. Neither throws nor blocks.
    ///
    /// @return completes within the time limit, and never exceptionally
    public CompletableFuture<PushResult> send(PushEndpoint endpoint, PushNotice notice) {
        ProviderKind kind = endpoint.provider();
        long startNanos = System.nanoTime();
        return start(kind, endpoint, shown(notice)).thenApply(result -> {
            observer.answered(kind, result, Duration.ofNanos(System.nanoTime() - startNanos));
            if (result instanceof PushResult.Retry(Optional<Duration> after, String _)) {
                after.ifPresent(wanted -> pauses.keep(endpoint, wanted));
            }
            return result;
        });
    }

    @Override
    public void close() {
        lanes.values().forEach(lane -> lane.provider().close());
    }

    private CompletableFuture<PushResult> start(ProviderKind kind, PushEndpoint endpoint, PushNotice notice) {
        Lane lane = lanes.get(kind);
        if (lane == null) {
            return CompletableFuture.completedFuture(new PushResult.Rejected(kind.wire() + " is not configured"));
        }
        Optional<Duration> pause = pauses.left(endpoint);
        if (pause.isPresent()) {
            return CompletableFuture.completedFuture(new PushResult.Busy(pause.get(), kind.wire() + " asked to wait"));
        }
        if (!lane.permits().tryAcquire()) {
            return CompletableFuture.completedFuture(new PushResult.Busy(BUSY_PAUSE, kind.wire() + " is busy"));
        }
        // The permit comes back with the provider's own answer: what hangs goes on counting.
        return sent(lane.provider(), endpoint, notice)
                .whenComplete((result, failure) -> lane.permits().release())
                .exceptionally(failure -> failed(kind, failure))
                .copy()
                .completeOnTimeout(
                        PushResult.Retry.later(kind.wire() + " did not answer in time"),
                        timeout.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /// Calls a provider; what it throws against its contract is in the future.
    private static CompletableFuture<PushResult> sent(PushProvider provider, PushEndpoint endpoint, PushNotice notice) {
        try {
            return provider.send(endpoint, notice);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static PushResult failed(ProviderKind kind, Throwable failure) {
        LOG.error("push provider failed: provider={}", kind.wire(), failure);
        return PushResult.Retry.later(kind.wire() + " failed");
    }

    private PushNotice shown(PushNotice notice) {
        return switch (notice) {
            case PushNotice.NewMessages messages -> previews ? messages : messages.withoutPreview();
            case PushNotice.BadgeUpdate update -> update;
        };
    }

    private record Lane(Bounded bounded, Semaphore permits) {
        PushProvider provider() {
            return bounded.provider();
        }
    }
}
