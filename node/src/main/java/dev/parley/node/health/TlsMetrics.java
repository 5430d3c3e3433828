package dev.parley.node.health;

import dev.parley.node.tls.KeyWatch;
import dev.parley.node.tls.Refusal;
import dev.parley.node.tls.Refusals;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Figures of certificates. Thread-safe.
public final class TlsMetrics {
    private final NodeMetrics.PairCount<Refusals.Port, Refusal> refused;
    private final NodeMetrics.Count<KeyWatch.Result> reloads;

    /// Adds the figures.
    ///
    /// @param expiry when each certificate in use expires, in seconds since 1970, by its use
    public TlsMetrics(NodeMetrics metrics, Supplier<Map<String, Double>> expiry) {
        refused = metrics.count(
                "parley_tls_refused",
                "Certificates that the ports between nodes refused.",
                List.of("port", "reason"),
                Refusals.Port.class,
                Refusal.class);
        reloads = metrics.count(
                "parley_tls_reloads",
                "Certificates and keys that were read again because their files changed.",
                "result",
                KeyWatch.Result.class);
        metrics.gauge(
                "parley_tls_certificate_expires_seconds",
                "When the certificate in use expires, in seconds since 1970.",
                "use",
                expiry);
    }

    public void refused(Refusals.Port port, Refusal reason) {
        refused.add(port, reason);
    }

    public void reloaded(KeyWatch.Result result) {
        reloads.add(result);
    }
}
