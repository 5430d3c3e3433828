package dev.parley.node.certs;

import dev.parley.node.tls.KeyMaterial;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// An authority of a test, and the files of what it issues.
public final class IssuedFiles {
    private static final Duration DAY = Duration.ofDays(1);

    private final CertificateFolder folder;
    private final Authority authority;

    public IssuedFiles(Path path, String cluster) {
        this.folder = new CertificateFolder(path);
        this.authority = Authority.create(cluster, now().minus(DAY.multipliedBy(9)), DAY.multipliedBy(99));
        folder.begin(authority);
    }

    /// A certificate of a node, good for this machine's names too. Called again it replaces the one before.
    public KeyMaterial.Files node(String id) {
        return write(new Authority.Subject.Node(id), now());
    }

    public KeyMaterial.Files expiredNode(String id) {
        return write(new Authority.Subject.Node(id), now().minus(DAY.multipliedBy(2)));
    }

    public KeyMaterial.Files client(String name) {
        return write(new Authority.Subject.Client(name), now());
    }

    public KeyMaterial.Files server(String name) {
        return write(new Authority.Subject.Server(name), now());
    }

    /// What clients trust.
    public Path authority() {
        return folder.certificate("ca");
    }

    private KeyMaterial.Files write(Authority.Subject subject, Instant from) {
        Authority.Issued issued = authority.issue(subject, List.of("localhost", "127.0.0.1"), from, DAY);
        folder.write(subject.name(), issued.certificate(), issued.key());
        return new KeyMaterial.Files(
                folder.certificate(subject.name()), folder.key(subject.name()), Optional.of(authority()));
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }
}
