package dev.parley.node.certs;

import dev.parley.node.config.ConfigException;
import dev.parley.node.config.Reason;
import dev.parley.node.tls.NodeIdentity;
import dev.parley.node.tls.PemFiles;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Set;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/// The folder in which an administrator keeps the authority of a cluster and what it has issued: `NAME.pem` and
/// `NAME.key`. Keys are for their owner alone.
record CertificateFolder(Path path) {
    private static final String AUTHORITY = "ca";
    private static final String FOR_ALL = "rw-r--r--";
    private static final String FOR_OWNER = "rw-------";

    /// Keeps a new authority.
    ///
    /// @throws ConfigException if there is one
    void begin(Authority authority) {
        try {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new ConfigException("the folder %s cannot be made (%s).".formatted(path, Reason.of(e)), e);
        }
        if (Files.exists(certificate(AUTHORITY)) || Files.exists(key(AUTHORITY))) {
            throw new ConfigException(
                    ("%s holds an authority already, and every certificate that it issued would be worth nothing "
                                    + "without it; name another folder with --dir.")
                            .formatted(path));
        }
        write(AUTHORITY, authority.certificate(), authority.key());
    }

    /// The authority.
    Authority authority() {
        try {
            X509Certificate certificate =
                    PemFiles.certificates(certificate(AUTHORITY)).getFirst();
            if (NodeIdentity.clusterOf(certificate).isEmpty()) {
                throw new ConfigException("%s was not made by `parley certs init`.".formatted(certificate(AUTHORITY)));
            }
            return new Authority(certificate, PemFiles.privateKey(key(AUTHORITY)));
        } catch (IOException e) {
            throw new ConfigException(
                    "%s holds no authority (%s); make one with `parley certs init`, or name its folder with --dir."
                            .formatted(path, Reason.of(e)),
                    e);
        }
    }

    boolean holds(String name) {
        return Files.exists(certificate(name));
    }

    X509Certificate read(String name) {
        try {
            return PemFiles.certificates(certificate(name)).getFirst();
        } catch (IOException e) {
            throw new ConfigException(
                    "%s cannot be read (%s); `parley certs issue` makes it.".formatted(certificate(name), Reason.of(e)),
                    e);
        }
    }

    Path certificate(String name) {
        return path.resolve(name + ".pem");
    }

    Path key(String name) {
        return path.resolve(name + ".key");
    }

    /// Writes both files, or replaces them: the key first, for a node that reads a pair that does not fit yet
    /// waits.
    void write(String name, X509Certificate certificate, PrivateKey key) {
        try {
            replace(key(name), pem(new JcaPKCS8Generator(key, null)), FOR_OWNER);
            replace(certificate(name), pem(certificate), FOR_ALL);
        } catch (IOException e) {
            throw new ConfigException("no files can be written into %s (%s).".formatted(path, Reason.of(e)), e);
        }
    }

    private static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }

    private static void replace(Path file, String text, String permissions) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        try (FileChannel channel = FileChannel.open(
                next,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
