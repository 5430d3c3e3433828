package dev.parley.node.config;

import dev.parley.node.tls.KeyMaterial;
import dev.parley.node.tls.NodeIdentity;
import dev.parley.node.tls.NodeTrust;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// Whether the ports are safe, and what the files of certificates and keys must be.
final class TlsChecks {
    private static final String HOW = "`parley certs issue` makes it: docs/runbook/certificates.md.";

    private final NodeConfig config;
    private final ConfigChecks.Errors errors;

    TlsChecks(NodeConfig config, ConfigChecks.Errors errors) {
        this.config = config;
        this.errors = errors;
    }

    void run() {
        checkOpen();
        config.cluster().tls().ifPresent(tls -> {
            KeyMaterial material = read("cluster.tls", tls.files());
            checkIdentity(material.certificate());
            checkTrusted(material);
        });
        config.http().tls().ifPresent(tls -> read("http.tls", tls.files()));
    }

    private void checkOpen() {
        NodeConfig.Cluster cluster = config.cluster();
        String host = config.self().host();
        if (cluster.tls().isEmpty() && !cluster.allowPlainText() && !Loopback.is(host)) {
            throw errors.at(
                    List.of("cluster.nodes"),
                    ("raft-port and peer-port of %s (host %s) can be reached from other machines, and there is no "
                                    + "cluster.tls; make certificates with `parley certs`, or set "
                                    + "cluster.allow-plain-text: true if nobody else is on that network.")
                            .formatted(config.node().id(), host));
        }
    }

    private KeyMaterial read(String section, KeyMaterial.Files files) {
        String keyFile = section + ".key-file";
        try {
            SecretFile.requirePrivate(files.key(), HOW);
        } catch (ConfigException e) {
            throw errors.at(List.of(keyFile), keyFile + ": " + e.getMessage());
        }
        try {
            KeyMaterial material = files.read();
            material.certificate().checkValidity();
            return material;
        } catch (NoSuchFileException e) {
            Path missing = Path.of(e.getFile());
            String key = section + (missing.equals(files.certificate()) ? ".certificate-file" : ".ca-file");
            throw errors.at(List.of(key), "%s: the file %s does not exist; %s".formatted(key, missing, HOW));
        } catch (IOException e) {
            throw errors.at(List.of(section), "%s: %s.".formatted(section, Reason.of(e)));
        } catch (CertificateExpiredException e) {
            throw errors.at(
                    List.of(section + ".certificate-file"),
                    "%s.certificate-file: %s has expired; renew it.".formatted(section, files.certificate()));
        } catch (CertificateException e) {
            throw errors.at(
                    List.of(section + ".certificate-file"),
                    "%s.certificate-file: %s is not valid yet; is the clock right?"
                            .formatted(section, files.certificate()));
        }
    }

    private void checkIdentity(X509Certificate certificate) {
        NodeIdentity wanted =
                new NodeIdentity(config.cluster().name(), config.node().id().value());
        Optional<NodeIdentity> found = NodeIdentity.of(certificate);
        if (!found.equals(Optional.of(wanted))) {
            throw errors.at(
                    List.of("cluster.tls.certificate-file"),
                    "cluster.tls.certificate-file: it must be that of %s, but it is that of %s."
                            .formatted(
                                    wanted.uri(), found.map(NodeIdentity::uri).orElse("no node")));
        }
    }

    private void checkTrusted(KeyMaterial material) {
        try {
            NodeTrust.requireTrusted(material);
        } catch (CertificateException e) {
            throw errors.at(
                    List.of("cluster.tls.ca-file"),
                    "cluster.tls.ca-file: the authority in it has not issued cluster.tls.certificate-file for nodes; "
                            + "use the ca.pem of the folder that the certificate comes from.");
        }
    }
}
