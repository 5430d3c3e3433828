package dev.parley.node.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keys of a JWKS document, from a file or an http(s) URL.
///
/// Read again when they are old, and at most once in [#RELOAD_PAUSE] when a token names a key that is not among them
/// (the issuer rotated its keys, or somebody invents key ids). If a reload fails, the last good keys go on.
public final class JwksKeys implements KeySource {
    private static final Logger LOG = LoggerFactory.getLogger(JwksKeys.class);
    private static final Duration FRESH = Duration.ofMinutes(10);
    private static final Duration RELOAD_PAUSE = Duration.ofSeconds(30);
    private static final Duration FETCH_MAX = Duration.ofSeconds(5);
    private static final int DOCUMENT_BYTES_MAX = 1 << 20;
    private static final int KEYS_MAX = 100;
    private static final int HTTP_OK = 200;

    private final URI location;
    private final LongSupplier nanoTime;
    private final ReentrantLock loading = new ReentrantLock();
    private volatile Loaded loaded;

    private JwksKeys(URI location, LongSupplier nanoTime) {
        this.location = location;
        this.nanoTime = nanoTime;
        long longAgo = nanoTime.getAsLong() - FRESH.toNanos();
        this.loaded = new Loaded(List.of(), longAgo, longAgo);
    }

    /// Keys of a document at an `http:`, `https:` or `file:` URI.
    ///
    /// @throws IOException if it is a file that cannot be read or holds no JWKS; an URL may become reachable later
    public static JwksKeys open(URI location, LongSupplier nanoTime) throws IOException {
        JwksKeys keys = new JwksKeys(location, nanoTime);
        if ("file".equals(location.getScheme())) {
            keys.loaded = keys.fetch();
        }
        return keys;
    }

    @Override
    public List<VerificationKey> keys(String keyId) {
        Loaded seen = loaded;
        boolean wanted = isOlder(seen.loadedAtNanos(), FRESH) || !seen.knows(keyId);
        if (wanted && isOlder(seen.triedAtNanos(), RELOAD_PAUSE)) {
            reload(seen);
        }
        return loaded.keys();
    }

    private boolean isOlder(long atNanos, Duration limit) {
        return nanoTime.getAsLong() - atNanos >= limit.toNanos();
    }

    private void reload(Loaded seen) {
        if (seen.keys().isEmpty()) {
            loading.lock();
        } else if (!loading.tryLock()) {
            return; // another thread reloads; the keys at hand will do meanwhile
        }
        try {
            if (loaded.triedAtNanos() == seen.triedAtNanos()) {
                loaded = fetch();
            }
        } catch (IOException e) {
            LOG.warn(
                    "signing keys not loaded: location={} keysKept={}",
                    location,
                    seen.keys().size(),
                    e);
            loaded = new Loaded(seen.keys(), seen.loadedAtNanos(), nanoTime.getAsLong());
        } finally {
            loading.unlock();
        }
    }

    private Loaded fetch() throws IOException {
        String document = "file".equals(location.getScheme())
                ? Files.readString(Path.of(location), StandardCharsets.UTF_8)
                : download();
        List<VerificationKey> keys = new ArrayList<>();
        try {
            for (JWK jwk : JWKSet.parse(document).getKeys()) {
                VerificationKey.jwk(jwk).ifPresent(keys::add);
            }
        } catch (ParseException | JOSEException e) {
            throw new IOException("no JWKS document: " + location, e);
        }
        if (keys.isEmpty() || keys.size() > KEYS_MAX) {
            throw new IOException("a JWKS document must hold 1 to %d usable keys, but %s holds %d"
                    .formatted(KEYS_MAX, location, keys.size()));
        }
        long now = nanoTime.getAsLong();
        return new Loaded(List.copyOf(keys), now, now);
    }

    private String download() throws IOException {
        HttpRequest request = HttpRequest.newBuilder(location).build();
        HttpClient client = HttpClient.newBuilder().connectTimeout(FETCH_MAX).build();
        try {
            HttpResponse<String> response = client.sendAsync(
                            request, BodyHandlers.limiting(BodyHandlers.ofString(), DOCUMENT_BYTES_MAX))
                    .get(FETCH_MAX.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != HTTP_OK) {
                throw new IOException("status " + response.statusCode() + " from " + location);
            }
            return response.body();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("cannot load " + location, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while loading " + location, e);
        } finally {
            client.shutdownNow();
        }
    }

    private record Loaded(List<VerificationKey> keys, long loadedAtNanos, long triedAtNanos) {
        boolean knows(String keyId) {
            return keyId.isEmpty()
                    || keys.stream()
                            .anyMatch(
                                    key -> key.keyId().isEmpty() || key.keyId().equals(keyId));
        }
    }
}
