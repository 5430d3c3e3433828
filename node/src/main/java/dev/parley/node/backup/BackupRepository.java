package dev.parley.node.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.node.backup.BackupStore.Stored;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Backups in a store, behind the operator's key:
///
/// ```
/// repository.json      format, cipher, and what tells a wrong key from damage
/// objects/AB/AB12…     contents of files, each once however many backups hold it
/// backups/ID           manifests; a backup is complete when its manifest is there
/// ```
final class BackupRepository {
    static final String OBJECTS = "objects";
    private static final String BACKUPS = "backups";
    private static final String SELF = "repository.json";
    private static final int FORMAT = 1;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final byte[] CHECK = "parley backup repository".getBytes(StandardCharsets.US_ASCII);

    private final BackupStore store;
    private final BackupCipher cipher;

    private BackupRepository(BackupStore store, BackupCipher cipher) {
        this.store = store;
        this.cipher = cipher;
    }

    /// Opens a repository, and makes it if there is none.
    static BackupRepository openOrCreate(BackupStore store, BackupCipher cipher) throws IOException {
        if (!store.exists(SELF)) {
            if (!store.list(OBJECTS).isEmpty() || !store.list(BACKUPS).isEmpty()) {
                throw BackupException.failed("the repository has lost its " + SELF + "; give another directory.");
            }
            byte[] check = encrypt(cipher, SELF, CHECK);
            byte[] json = ManifestJson.JSON
                    .createObjectNode()
                    .put("format", FORMAT)
                    .put("cipher", cipher.name())
                    .put("check", Base64.getEncoder().encodeToString(check))
                    .toPrettyString()
                    .getBytes(StandardCharsets.UTF_8);
            store.write(SELF, out -> out.write(json));
        }
        return open(store, cipher);
    }

    /// Opens a repository.
    ///
    /// @throws BackupException if there is none, or the key is not its key
    static BackupRepository open(BackupStore store, BackupCipher cipher) throws IOException {
        JsonNode json;
        try (InputStream in = store.read(SELF)) {
            json = ManifestJson.JSON.readTree(in);
        } catch (NoSuchFileException e) {
            throw BackupException.failed(
                    "there is no backup repository: make the first backup with parley backup create.", e);
        } catch (JsonProcessingException e) {
            throw BackupException.failed("the repository's " + SELF + " is damaged.", e);
        }
        if (json.path("format").asInt() > FORMAT) {
            throw BackupException.failed("the repository was made by a newer Parley; use that one.");
        }
        String made = json.path("cipher").asText();
        if (!made.equals(cipher.name())) {
            throw BackupException.mistake(
                    made.equals(BackupCipher.None.NAME)
                            ? "the backups of this repository are not encrypted: use --unencrypted instead of a key."
                            : "the backups of this repository are encrypted: give their key with --key-file.");
        }
        byte[] check;
        try {
            check = decrypt(
                    cipher, SELF, Base64.getDecoder().decode(json.path("check").asText()));
        } catch (IOException | IllegalArgumentException e) {
            throw BackupException.failed("this key is not the one that the repository was made with.", e);
        }
        if (!MessageDigest.isEqual(check, CHECK)) {
            throw BackupException.failed("this key is not the one that the repository was made with.");
        }
        return new BackupRepository(store, cipher);
    }

    BackupStore store() {
        return store;
    }

    /// The ids of the complete backups, the oldest first.
    List<String> ids() throws IOException {
        return store.list(BACKUPS).stream()
                .map(stored -> stored.name().substring(BACKUPS.length() + 1))
                .toList();
    }

    /// The manifest of a backup.
    ///
    /// @throws BackupException if there is no such backup, or its manifest is damaged
    Manifest manifest(String id) throws IOException {
        String name = BACKUPS + "/" + id;
        if (!id.matches("[0-9A-Za-z]{1,40}") || !store.exists(name)) {
            throw BackupException.failed("there is no backup " + id + "; parley backup list names them.");
        }
        try (InputStream in = cipher.decrypt(store.read(name), name)) {
            Manifest manifest = ManifestJson.read(in.readAllBytes());
            if (!manifest.id().equals(id)) {
                throw new IOException("it is the manifest of " + manifest.id());
            }
            return manifest;
        } catch (IOException e) {
            throw BackupException.failed(
                    "the manifest of the backup %s (%s) is damaged: %s.".formatted(id, name, BackupException.reason(e)),
                    e);
        }
    }

    /// The manifests of all complete backups, the oldest first; damaged ones are skipped.
    List<Manifest> readableManifests() throws IOException {
        List<Manifest> manifests = new ArrayList<>();
        for (String id : ids()) {
            try {
                manifests.add(manifest(id));
            } catch (BackupException _) {
                // `list` and `verify` name it
            }
        }
        return manifests;
    }

    /// The newest complete backup.
    Optional<String> newest() throws IOException {
        List<String> ids = ids();
        return ids.isEmpty() ? Optional.empty() : Optional.of(ids.getLast());
    }

    /// Makes a backup complete.
    void complete(Manifest manifest) throws IOException {
        String name = BACKUPS + "/" + manifest.id();
        byte[] content = encrypt(cipher, name, ManifestJson.write(manifest));
        store.write(name, out -> out.write(content));
    }

    void forget(String id) throws IOException {
        store.delete(BACKUPS + "/" + id);
    }

    String objectOf(String sha256) {
        return cipher.objectOf(sha256);
    }

    boolean holds(String object) throws IOException {
        return store.exists(object);
    }

    /// All contents, of complete backups and of others.
    List<Stored> objects() throws IOException {
        return store.list(OBJECTS);
    }

    /// Keeps a file's content.
    ///
    /// @throws IOException if it is not what its checksum says; then nothing is kept
    void put(Manifest.File file, BackupStore.Content content) throws IOException {
        store.write(file.object(), out -> {
            MessageDigest digest = sha256();
            try (OutputStream encrypted = cipher.encrypt(new Unclosed(out), file.object());
                    DigestOutputStream checked = new DigestOutputStream(encrypted, digest)) {
                content.writeTo(checked);
            }
            if (!HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
                throw new IOException("file " + file.name() + " does not match its checksum");
            }
        });
    }

    /// Reads a file back.
    ///
    /// @throws DamagedObjectException if it is not what was kept
    void get(Manifest.File file, OutputStream target) throws IOException, DamagedObjectException {
        MessageDigest digest = sha256();
        long bytes = 0;
        try (InputStream in = new DigestInputStream(cipher.decrypt(store.read(file.object()), file.object()), digest)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = read(in, buffer, file); count >= 0; count = read(in, buffer, file)) {
                target.write(buffer, 0, count);
                bytes += count;
            }
        } catch (NoSuchFileException e) {
            throw new DamagedObjectException("it is missing", e);
        }
        if (bytes != file.bytes() || !HexFormat.of().formatHex(digest.digest()).equals(file.sha256())) {
            throw new DamagedObjectException("it does not match its checksum");
        }
    }

    /// Reading fails for damage; writing the target fails for other reasons.
    private static int read(InputStream in, byte[] buffer, Manifest.File file) throws DamagedObjectException {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new DamagedObjectException(
                    "it cannot be read or decrypted (" + file.bytes() + " bytes: " + e.getMessage() + ")", e);
        }
    }

    private static byte[] encrypt(BackupCipher cipher, String object, byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream encrypted = cipher.encrypt(out, object)) {
            encrypted.write(content);
        }
        return out.toByteArray();
    }

    private static byte[] decrypt(BackupCipher cipher, String object, byte[] content) throws IOException {
        try (InputStream in = cipher.decrypt(new ByteArrayInputStream(content), object)) {
            return in.readAllBytes();
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// A content in the repository is not what was kept.
    static final class DamagedObjectException extends Exception {
        private static final long serialVersionUID = 1L;

        DamagedObjectException(String message) {
            super(message);
        }

        DamagedObjectException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// The store closes its stream, after it was forced to the disk.
    private static final class Unclosed extends java.io.FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
