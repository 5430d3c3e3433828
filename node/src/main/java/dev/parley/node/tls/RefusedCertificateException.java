package dev.parley.node.tls;

import java.security.cert.CertificateException;

/// A certificate does not let its holder in.
final class RefusedCertificateException extends CertificateException {
    private static final long serialVersionUID = 1;

    RefusedCertificateException(Refusal reason, String subject, Throwable cause) {
        super("certificate refused (%s): %s".formatted(reason, subject), cause);
    }

    RefusedCertificateException(Refusal reason, String subject) {
        super("certificate refused (%s): %s".formatted(reason, subject));
    }
}
