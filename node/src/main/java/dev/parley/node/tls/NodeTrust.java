package dev.parley.node.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Whom a port between nodes trusts. A handshake takes certificates that the cluster's authority issued to
/// nodes of this
/// cluster, and the one who calls an address takes only that of the node that is there; [#judge] says for each
/// call
/// whether that node is a member now. Names of hosts do not matter: the identity does. Thread-safe.
public final class NodeTrust extends X509ExtendedTrustManager {
    private final String cluster;
    private final ReloadableKeys keys;
    private final Membership membership;
    private final Refusals refusals;

    public NodeTrust(String cluster, ReloadableKeys keys, Membership membership, Refusals refusals) {
        this.cluster = cluster;
        this.keys = keys;
        this.membership = membership;
        this.refusals = refusals;
    }

    /// Whether the holder of a certificate may call now; if not, that is counted.
    ///
    /// @param stranger whether a node that is no member may make this call
    public Optional<Refusal> judge(X509Certificate certificate, boolean stranger) {
        Optional<Refusal> refusal = judged(certificate, stranger);
        refusal.ifPresent(reason -> refusals.heard(reason, subject(certificate)));
        return refusal;
    }

    private Optional<Refusal> judged(X509Certificate certificate, boolean stranger) {
        try {
            certificate.checkValidity();
        } catch (CertificateException e) {
            return Optional.of(Refusal.EXPIRED);
        }
        Optional<NodeIdentity> identity = NodeIdentity.of(certificate);
        if (identity.isEmpty()) {
            return Optional.of(Refusal.NOT_A_NODE);
        }
        if (!identity.get().cluster().equals(cluster)) {
            return Optional.of(Refusal.OTHER_CLUSTER);
        }
        return switch (membership.standing(identity.get().node())) {
            case MEMBER -> Optional.empty();
            case UNKNOWN -> stranger ? Optional.empty() : Optional.of(Refusal.NOT_A_MEMBER);
            case REMOVED -> stranger ? Optional.empty() : Optional.of(Refusal.REVOKED);
        };
    }

    /// Checks what this node would show to others.
    ///
    /// @throws CertificateException if they would refuse it
    public static void requireTrusted(KeyMaterial material) throws CertificateException {
        X509ExtendedTrustManager trust = material.trustManager();
        X509Certificate[] chain = material.chain().toArray(X509Certificate[]::new);
        trust.checkServerTrusted(chain, "UNKNOWN");
        trust.checkClientTrusted(chain, "UNKNOWN");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        issued(chain, () -> keys.trust().checkClientTrusted(chain, authType));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        issued(chain, () -> keys.trust().checkServerTrusted(chain, authType));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        NodeIdentity shown = issued(chain, () -> keys.trust().checkServerTrusted(chain, authType));
        if (engine != null && engine.getPeerHost() != null) {
            Optional<String> called = membership.at(engine.getPeerHost(), engine.getPeerPort());
            if (called.isPresent() && !called.get().equals(shown.node())) {
                throw refused(Refusal.WRONG_NODE, chain[0]);
            }
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return keys.trust().getAcceptedIssuers();
    }

    /// What the authorities say.
    @FunctionalInterface
    private interface Check {
        void run() throws CertificateException;
    }

    private NodeIdentity issued(X509Certificate[] chain, Check check) throws CertificateException {
        try {
            check.run();
        } catch (CertificateException e) {
            Refusal reason = reason(e, chain[0]);
            refusals.heard(reason, subject(chain[0]));
            throw new RefusedCertificateException(reason, subject(chain[0]), e);
        }
        Optional<NodeIdentity> identity = NodeIdentity.of(chain[0]);
        if (identity.isEmpty()) {
            throw refused(Refusal.NOT_A_NODE, chain[0]);
        }
        if (!identity.get().cluster().equals(cluster)) {
            throw refused(Refusal.OTHER_CLUSTER, chain[0]);
        }
        return identity.get();
    }

    private CertificateException refused(Refusal reason, X509Certificate certificate) {
        refusals.heard(reason, subject(certificate));
        return new RefusedCertificateException(reason, subject(certificate));
    }

    /// Ours, but out of its time or of another use, or a stranger's.
    private Refusal reason(CertificateException failure, X509Certificate certificate) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return Refusal.EXPIRED;
            }
        }
        for (X509Certificate authority : keys.trust().getAcceptedIssuers()) {
            if (isIssuedBy(certificate, authority)) {
                return Refusal.NOT_A_NODE;
            }
        }
        return Refusal.STRANGER;
    }

    private static boolean isIssuedBy(X509Certificate certificate, X509Certificate authority) {
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }
}
