package dev.parley.node.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwksKeysTest {
    private static final Duration PAUSE = Duration.ofSeconds(31);

    private final AtomicLong nanos = new AtomicLong();

    @TempDir
    private Path folder;

    @Test
    void a_file_gives_its_usable_keys_each_with_the_algorithm_of_its_kind() throws Exception {
        JWK encryption = new RSAKey.Builder((RSAPublicKey) publicKey("RSA"))
                .keyID("enc")
                .keyUse(KeyUse.ENCRYPTION)
                .build();
        JWK ec = new ECKey.Builder(Curve.P_256, (ECPublicKey) publicKey("EC"))
                .keyID("e")
                .build();
        Path file = write(List.of(rsa("r"), ec, ed25519("d"), encryption));

        List<VerificationKey> keys = JwksKeys.open(file.toUri(), nanos::get).keys("r");

        assertThat(keys)
                .extracting(key -> key.keyId() + " " + key.algorithm())
                .containsExactly("r RS256", "e ES256", "d EdDSA");
    }

    @Test
    void a_file_that_is_missing_or_holds_no_keys_is_refused_at_once() throws Exception {
        Path nonsense = Files.writeString(folder.resolve("nonsense"), "{}");
        Path empty = write(List.of());

        assertThatThrownBy(() -> JwksKeys.open(folder.resolve("missing").toUri(), nanos::get))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> JwksKeys.open(nonsense.toUri(), nanos::get)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> JwksKeys.open(empty.toUri(), nanos::get)).hasMessageContaining("1 to 100");
    }

    @Test
    void an_unknown_key_id_makes_it_look_again_but_not_more_often_than_every_30_seconds() throws Exception {
        AtomicReference<String> document = new AtomicReference<>(json(List.of(rsa("old"))));
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = serve(document, requests);
        try {
            URI location = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks");
            JwksKeys keys = JwksKeys.open(location, nanos::get);

            assertThat(ids(keys, "old")).containsExactly("old");
            document.set(json(List.of(rsa("new"))));
            assertThat(ids(keys, "new")).containsExactly("old");
            nanos.addAndGet(PAUSE.toNanos());
            assertThat(ids(keys, "new")).containsExactly("new");
            document.set("broken");
            nanos.addAndGet(Duration.ofMinutes(11).toNanos());
            assertThat(ids(keys, "new")).containsExactly("new");
            assertThat(ids(keys, "invented")).containsExactly("new");
            assertThat(requests).hasValue(3);
        } finally {
            server.stop(0);
        }
    }

    private static HttpServer serve(AtomicReference<String> document, AtomicInteger requests) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/jwks", exchange -> {
            requests.incrementAndGet();
            byte[] body = document.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static List<String> ids(JwksKeys keys, String keyId) {
        return keys.keys(keyId).stream().map(VerificationKey::keyId).toList();
    }

    private Path write(List<JWK> keys) throws IOException {
        return Files.writeString(folder.resolve("jwks-" + keys.size() + ".json"), json(keys));
    }

    private static String json(List<JWK> keys) {
        return new JWKSet(keys).toString();
    }

    private static JWK rsa(String keyId) throws Exception {
        return new RSAKey.Builder((RSAPublicKey) publicKey("RSA")).keyID(keyId).build();
    }

    private static JWK ed25519(String keyId) throws Exception {
        byte[] encoded = publicKey("Ed25519").getEncoded();
        byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(raw))
                .keyID(keyId)
                .build();
    }

    private static PublicKey publicKey(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("EC")) {
            generator.initialize(256);
        }
        return generator.generateKeyPair().getPublic();
    }
}
