package dev.parley.node.certs;

import dev.parley.node.tls.NodeIdentity;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/// The certificate authority of one cluster: P-256, signatures by ECDSA with SHA-256.
///
/// @param certificate names the cluster
public record Authority(X509Certificate certificate, PrivateKey key) {
    /// Clocks of two machines may differ by so much.
    private static final Duration BEFORE = Duration.ofMinutes(5);

    private static final int SERIAL_BITS = 127;
    private static final SecureRandom CHANCE = new SecureRandom();

    /// Whom a certificate is for.
    public sealed interface Subject {
        /// What it is called, and its files.
        String name();

        /// A node: calls other nodes and is called by them, and may serve clients.
        record Node(String name) implements Subject {}

        /// What serves clients, and nothing else.
        record Server(String name) implements Subject {}

        /// What calls servers. No port of Parley asks for one; a node's ports refuse it.
        record Client(String name) implements Subject {}
    }

    /// A certificate and its key.
    public record Issued(X509Certificate certificate, PrivateKey key) {}

    @Override
    public String toString() {
        return "Authority[" + certificate.getSubjectX500Principal() + "]";
    }

    /// Begins an authority.
    public static Authority create(String cluster, Instant now, Duration validity) {
        KeyPair pair = newPair();
        X500Principal name = principal(cluster, "Parley cluster " + cluster);
        try {
            X509v3CertificateBuilder builder = builder(name, name, pair.getPublic(), now, validity);
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(pair.getPublic()));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                            new GeneralName(GeneralName.uniformResourceIdentifier, NodeIdentity.clusterUri(cluster))));
            return new Authority(sign(builder, pair.getPrivate()), pair.getPrivate());
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("every JDK signs with P-256", e);
        }
    }

    /// The cluster that it speaks for.
    public String cluster() {
        return NodeIdentity.clusterOf(certificate)
                .orElseThrow(() -> new IllegalStateException("an authority names its cluster"));
    }

    /// Makes a key and a certificate for it.
    ///
    /// @param hosts names and addresses under which the subject is called
    public Issued issue(Subject subject, List<String> hosts, Instant now, Duration validity) {
        KeyPair pair = newPair();
        try {
            X509v3CertificateBuilder builder = builder(
                    certificate.getSubjectX500Principal(),
                    principal(cluster(), subject.name()),
                    pair.getPublic(),
                    now,
                    validity);
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes(subject)));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(pair.getPublic()));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(certificate));
            List<GeneralName> names = names(subject, hosts);
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            return new Issued(sign(builder, key), pair.getPrivate());
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("every JDK signs with P-256", e);
        }
    }

    private static KeyPurposeId[] purposes(Subject subject) {
        return switch (subject) {
            case Subject.Node _ -> new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
            case Subject.Server _ -> new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth};
            case Subject.Client _ -> new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth};
        };
    }

    private List<GeneralName> names(Subject subject, List<String> hosts) {
        List<GeneralName> names = new ArrayList<>();
        if (subject instanceof Subject.Node(String node)) {
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, new NodeIdentity(cluster(), node).uri()));
        }
        for (String host : hosts) {
            names.add(new GeneralName(IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName, host));
        }
        return names;
    }

    private static X509v3CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, PublicKey key, Instant now, Duration validity) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, CHANCE).setBit(SERIAL_BITS - 1),
                Date.from(now.minus(BEFORE)),
                Date.from(now.plus(validity)),
                subject,
                key);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws OperatorCreationException, GeneralSecurityException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    }

    private static X500Principal principal(String cluster, String name) throws IllegalStateException {
        try {
            return new X500Principal(new X500NameBuilder(BCStyle.INSTANCE)
                    .addRDN(BCStyle.O, cluster)
                    .addRDN(BCStyle.CN, name)
                    .build()
                    .getEncoded());
        } catch (IOException e) {
            throw new IllegalStateException("a name of two words has an encoding", e);
        }
    }

    private static KeyPair newPair() {
        try {
            KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
            pairs.initialize(new ECGenParameterSpec("secp256r1"), CHANCE);
            return pairs.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }
}
