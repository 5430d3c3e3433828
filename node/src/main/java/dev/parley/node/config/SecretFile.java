package dev.parley.node.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads files that hold a secret, and refuses those that others may read or that hold too little.
public final class SecretFile {
    /// As many as SHA-256 and HS256 can use (RFC 7518, 3.2).
    public static final int SECRET_BYTES_MIN = 32;

    /// Fewer different bytes than this among 32 random ones are a matter of 1 in 10^14: it is a pattern, not a
    /// secret.
    private static final int DIFFERENT_BYTES_MIN = 16;

    private static final int FILE_BYTES_MAX = 16_384;

    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    /// systemd shows a credential (`LoadCredential=`) to the service's user by an access list, which looks like
    /// a group
    /// that may read; the folder is the service's alone.
    private static final Set<PosixFilePermission> NEVER_OF_CREDENTIALS = EnumSet.of(
            PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    private SecretFile() {}

    /// Reads at least 32 secret bytes: the file holds hex or base64, with or without a line end, or raw bytes.
    ///
    /// @throws ConfigException naming the file, never what it holds
    public static byte[] bytes(Path file) {
        byte[] content = read(file, howToMake(file));
        byte[] secret = decode(content);
        if (secret.length < SECRET_BYTES_MIN || different(secret) < DIFFERENT_BYTES_MIN) {
            throw new ConfigException("the secret file %s must hold at least %d random bytes in hex, base64 or raw; %s"
                    .formatted(file, SECRET_BYTES_MIN, howToMake(file)));
        }
        return secret;
    }

    /// Reads a bearer token: one word of 16 characters or more.
    ///
    /// @throws ConfigException naming the file, never what it holds
    public static String token(Path file) {
        String token = new String(read(file, howToMake(file)), StandardCharsets.UTF_8).strip();
        if (!token.matches("[\\x21-\\x7e]{16,}")) {
            throw new ConfigException(
                    "the token file %s must hold one word of 16 or more printable ASCII characters; %s"
                            .formatted(file, howToMake(file)));
        }
        return token;
    }

    /// Checks a file that holds a private key in a format of its own.
    ///
    /// @param howToGet it, for a person who has none
    /// @throws ConfigException naming the file, never what it holds
    static void requirePrivate(Path file, String howToGet) {
        read(file, howToGet);
    }

    private static byte[] read(Path file, String howToGet) {
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            Set<PosixFilePermission> refused = isCredential(file) ? NEVER_OF_CREDENTIALS : OF_OTHERS;
            boolean open =
                    view != null && view.readAttributes().permissions().stream().anyMatch(refused::contains);
            if (open) {
                throw new ConfigException("the secret file %s can be read or written by other users; run: chmod 600 %s"
                        .formatted(file, file));
            }
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new ConfigException("the secret file %s has more than %d bytes; is it the right file?"
                        .formatted(file, FILE_BYTES_MAX));
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException("the secret file %s does not exist; %s".formatted(file, howToGet), e);
        } catch (IOException e) {
            throw new ConfigException("the secret file %s cannot be read (%s).".formatted(file, Reason.of(e)), e);
        }
    }

    /// Whether the service manager put the file there for this process.
    private static boolean isCredential(Path file) {
        return isCredential(file, System.getenv("CREDENTIALS_DIRECTORY"));
    }

    static boolean isCredential(Path file, @Nullable String folder) {
        Path parent = file.toAbsolutePath().normalize().getParent();
        return folder != null
                && !folder.isEmpty()
                && Path.of(folder).normalize().equals(parent);
    }

    private static String howToMake(Path file) {
        return "make it with: (umask 077; openssl rand -hex 32 > " + file + ")";
    }

    private static byte[] decode(byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1).strip();
        if (text.length() % 2 == 0 && text.matches("[0-9a-fA-F]+")) {
            return HexFormat.of().parseHex(text);
        } else if (text.matches("[A-Za-z0-9+/]+={0,2}")) {
            return decode(text, Base64.getDecoder(), content);
        } else if (text.matches("[A-Za-z0-9_-]+={0,2}")) {
            return decode(text, Base64.getUrlDecoder(), content);
        }
        return content;
    }

    /// Letters of base64 that are none (a length that cannot be) are a passphrase, taken as it is.
    private static byte[] decode(String text, Base64.Decoder decoder, byte[] content) {
        try {
            return decoder.decode(text);
        } catch (IllegalArgumentException _) {
            return content;
        }
    }

    private static long different(byte[] secret) {
        boolean[] seen = new boolean[256];
        for (byte value : secret) {
            seen[value & 0xff] = true;
        }
        long count = 0;
        for (boolean value : seen) {
            count += value ? 1 : 0;
        }
        return count;
    }
}
