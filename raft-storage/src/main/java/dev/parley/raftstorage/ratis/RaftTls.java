package dev.parley.raftstorage.ratis;

import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// TLS between replicas, each of which shows a certificate. Both managers are asked at each handshake, so what
/// they
/// answer may change while the node runs.
///
/// @param refusal why the holder of a certificate may not send now, if it may not; asked for each message
public record RaftTls(
        X509ExtendedKeyManager keys,
        X509ExtendedTrustManager trust,
        Function<X509Certificate, Optional<String>> refusal) {}
