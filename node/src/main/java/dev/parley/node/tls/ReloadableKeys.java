package dev.parley.node.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// A key manager whose key is read anew when its files change: connections that are open stay, new ones use the
/// new
/// key. Thread-safe.
public final class ReloadableKeys extends X509ExtendedKeyManager {
    private final KeyMaterial.Files files;
    private volatile Loaded current;
    private volatile Loaded previous;
    private List<Object> seen;

    /// What was read, and its managers. The alias tells it from what was read before, for a handshake asks for
    /// an alias
    /// first and for the key and the chain after that.
    private record Loaded(
            String alias, KeyMaterial material, X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
        static Loaded of(int number, KeyMaterial material) {
            String alias = "key-" + number;
            return new Loaded(alias, material, material.keyManager(alias), material.trustManager());
        }
    }

    private int number;

    /// Reads the files.
    ///
    /// @throws IOException with a sentence for a person
    public ReloadableKeys(KeyMaterial.Files files) throws IOException {
        this.files = files;
        this.seen = stamps(files);
        this.current = Loaded.of(0, files.read());
        this.previous = current;
    }

    /// What is used now.
    public KeyMaterial material() {
        return current.material();
    }

    /// Reads the files if they are not those of the last time.
    ///
    /// @return whether they were read
    /// @throws IOException if they do not fit together, with a sentence for a person; what was used before
    ///     stays in use,
    ///     and they are read again the next time
    public synchronized boolean reloadIfChanged() throws IOException {
        List<Object> now = stamps(files);
        if (now.equals(seen)) {
            return false;
        }
        Loaded next = Loaded.of(++number, files.read());
        previous = current;
        current = next;
        seen = now;
        return true;
    }

    X509ExtendedTrustManager trust() {
        return current.trust();
    }

    private static List<Object> stamps(KeyMaterial.Files files) throws IOException {
        List<Object> stamps = new ArrayList<>();
        List<Path> paths = new ArrayList<>(List.of(files.certificate(), files.key()));
        files.authority().ifPresent(paths::add);
        for (Path path : paths) {
            BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
            stamps.add(List.of(found.lastModifiedTime(), found.size(), String.valueOf(found.fileKey())));
        }
        return stamps;
    }

    private Loaded of(String alias) {
        Loaded now = current;
        return now.alias().equals(alias) ? now : previous;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return current.keys().getClientAliases(keyType, issuers);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return current.keys().chooseClientAlias(keyTypes, issuers, socket);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return current.keys().chooseEngineClientAlias(keyTypes, issuers, engine);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return current.keys().getServerAliases(keyType, issuers);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return current.keys().chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return current.keys().chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return of(alias).keys().getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return of(alias).keys().getPrivateKey(alias);
    }
}
