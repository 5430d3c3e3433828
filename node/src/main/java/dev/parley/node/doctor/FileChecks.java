package dev.parley.node.doctor;

import dev.parley.node.config.NodeConfig;
import dev.parley.node.tls.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The secrets and certificates that a configuration names.
public final class FileChecks {
    private static final long FILE_BYTES_MAX = 1 << 20;
    private static final int WARN_DAYS = 30;
    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private FileChecks() {}

    /// A line for each secret that others may read or nobody can, and for each certificate.
    public static List<Finding> all(NodeConfig config, Instant now) {
        Set<Path> secrets = secrets(config);
        List<Finding> certificates = new ArrayList<>();
        List<Finding> trouble = new ArrayList<>();
        int kept = 0;
        for (Path file : ConfigFiles.of(config)) {
            String text = text(file);
            if (text.contains("-----BEGIN CERTIFICATE-----")) {
                certificates.add(certificate(file, now));
            }
            if (secrets.contains(file) || text.contains("PRIVATE KEY-----")) {
                Finding secret = secret(file);
                if (secret.verdict() == Finding.Verdict.OK) {
                    kept++;
                } else {
                    trouble.add(secret);
                }
            }
        }
        List<Finding> all = new ArrayList<>(trouble);
        if (trouble.isEmpty()) {
            all.add(Finding.ok("secrets", "%d files, for their owner alone".formatted(kept)));
        }
        all.addAll(certificates);
        return all;
    }

    /// Secrets that do not say so themselves: a private key in PEM is known by its first line.
    private static Set<Path> secrets(NodeConfig config) {
        Set<Path> secrets = new HashSet<>();
        secrets.add(config.cluster().secretFile());
        config.cluster().join().ifPresent(join -> secrets.add(join.tokenFile()));
        config.admin().tokenFile().ifPresent(secrets::add);
        config.auth().jwt().stream()
                .filter(issuer -> issuer.algorithm() == NodeConfig.JwtAlgorithm.HS256)
                .forEach(issuer -> issuer.keyFile().ifPresent(secrets::add));
        return secrets;
    }

    /// Empty if it cannot be read or is too large to be one of ours.
    private static String text(Path file) {
        try {
            return Files.size(file) > FILE_BYTES_MAX ? "" : Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            return ""; // `secret` says so of a secret, and `config check` of the others
        }
    }

    private static Finding secret(Path file) {
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            Set<PosixFilePermission> mode =
                    view == null ? Set.of() : view.readAttributes().permissions();
            boolean open = mode.stream().anyMatch(OF_OTHERS::contains);
            if (!open && !Files.isReadable(file)) {
                return Finding.warn(
                        "secrets", file + " cannot be read by this user", "run this as the node's user, or as root.");
            }
            return Finding.of(
                    "secrets",
                    "%s has mode %s".formatted(file, PosixFilePermissions.toString(mode)),
                    open,
                    false,
                    "chmod 600 %s; if others may have read it, make a new one.".formatted(file));
        } catch (IOException e) {
            return Finding.bad("secrets", file + " is not there", "see what `parley config check` says.");
        }
    }

    private static Finding certificate(Path file, Instant now) {
        try {
            X509Certificate first = PemFiles.certificates(file).getFirst();
            Instant expires = first.getNotAfter().toInstant();
            boolean early = now.isBefore(first.getNotBefore().toInstant());
            long days = Duration.between(now, expires).toDays();
            String found = early
                    ? "%s begins %s".formatted(file, first.getNotBefore().toInstant())
                    : "%s expires %s (%d days)".formatted(file, expires, days);
            return Finding.of(
                    "certificate",
                    found,
                    early || !now.isBefore(expires),
                    days < WARN_DAYS,
                    early ? "look at this machine's clock." : "renew it: docs/runbook/certificates.md.");
        } catch (IOException e) {
            return Finding.bad("certificate", file + " cannot be read", "make it anew: docs/runbook/certificates.md.");
        }
    }
}
