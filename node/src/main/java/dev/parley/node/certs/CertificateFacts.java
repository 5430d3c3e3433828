package dev.parley.node.certs;

import dev.parley.node.config.ConfigException;
import dev.parley.node.tls.NodeIdentity;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// What a person wants to know of a certificate.
///
/// @param hosts names and addresses
/// @param fingerprint SHA-256
record CertificateFacts(
        String subject,
        Kind kind,
        Optional<NodeIdentity> identity,
        List<String> hosts,
        Instant begins,
        Instant expires,
        String fingerprint) {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final String FOR_SERVERS = "1.3.6.1.5.5.7.3.1";

    /// What a certificate may be used for.
    enum Kind {
        AUTHORITY,
        NODE,
        SERVER,
        CLIENT
    }

    static CertificateFacts of(X509Certificate certificate) {
        try {
            Optional<NodeIdentity> identity = NodeIdentity.of(certificate);
            return new CertificateFacts(
                    certificate.getSubjectX500Principal().getName(),
                    kind(certificate, identity.isPresent()),
                    identity,
                    hosts(certificate),
                    certificate.getNotBefore().toInstant(),
                    certificate.getNotAfter().toInstant(),
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
        } catch (GeneralSecurityException e) {
            throw new ConfigException(
                    "the certificate of %s cannot be read.".formatted(certificate.getSubjectX500Principal()), e);
        }
    }

    private static Kind kind(X509Certificate certificate, boolean node) throws CertificateParsingException {
        if (certificate.getBasicConstraints() >= 0) {
            return Kind.AUTHORITY;
        }
        List<String> uses = certificate.getExtendedKeyUsage();
        boolean serves = uses == null || uses.contains(FOR_SERVERS);
        if (node && serves) {
            return Kind.NODE;
        }
        return serves ? Kind.SERVER : Kind.CLIENT;
    }

    private static List<String> hosts(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null
                ? List.of()
                : names.stream()
                        .filter(name -> Integer.valueOf(DNS_NAME).equals(name.getFirst())
                                || Integer.valueOf(IP_ADDRESS).equals(name.getFirst()))
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
    }
}
