package dev.parley.node.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointRulesTest {
    private static final String URL = "https://push.example.org/send/abc";
    private static final String AUTH = base64(new byte[16]);

    private final EndpointRules rules = new EndpointRules(false);

    @Test
    void endpoints_as_the_providers_give_them_are_fine() throws GeneralSecurityException {
        assertThat(rules.check(plain(ProviderKind.APNS, "0a".repeat(32)))).isEmpty();
        assertThat(rules.check(plain(ProviderKind.FCM, "dGVzdA:APA91b_test-token")))
                .isEmpty();
        assertThat(rules.check(webPush(URL, point(), AUTH))).isEmpty();
        assertThat(rules.check(webPush("https://[2606:4700::1111]:8443/x", point(), AUTH)))
                .isEmpty();
    }

    @Test
    void malformed_tokens_and_superfluous_keys_are_named() {
        assertThat(fields(plain(ProviderKind.APNS, "0a".repeat(31)))).containsExactly("token");
        assertThat(fields(plain(ProviderKind.APNS, "../".repeat(30)))).containsExactly("token");
        assertThat(fields(plain(ProviderKind.FCM, "has space in the token"))).containsExactly("token");
        assertThat(fields(plain(ProviderKind.FCM, "a".repeat(4_097)))).containsExactly("token");
        assertThat(fields(new PushEndpoint(ProviderKind.APNS, "0a".repeat(32), Optional.of(new WebPushKeys("x", "y")))))
                .containsExactly("keys");
        assertThat(fields(plain(ProviderKind.WEBPUSH, URL))).containsExactly("keys");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://push.example.org/x",
                "ftp://push.example.org/x",
                "push.example.org",
                "https:///x",
                "https://user:pass@push.example.org/x",
                "https://push.example.org/x#y",
                "https://push.example.org:0/x",
                "https://push example.org/x",
                "https://localhost/x",
                "https://a.localhost/x",
                "https://LOCALHOST./x",
                "https://metadata.google.internal/x",
                "https://printer/x",
                "https://127.0.0.1/x",
                "https://10.1.2.3/x",
                "https://169.254.169.254/latest",
                "https://[::1]/x",
                "https://[::ffff:10.0.0.1]/x",
                "https://[fd00::1]/x",
                "https://[fe80::1]/x",
            })
    void an_address_where_a_node_must_not_be_sent_is_refused(String url) throws GeneralSecurityException {
        assertThat(fields(webPush(url, point(), AUTH))).containsExactly("token");
    }

    @Test
    void a_url_that_is_too_long_is_refused() throws GeneralSecurityException {
        assertThat(fields(webPush(URL + "a".repeat(2_048), point(), AUTH))).containsExactly("token");
    }

    @Test
    void private_addresses_are_fine_where_they_are_allowed() throws GeneralSecurityException {
        EndpointRules lax = new EndpointRules(true);

        assertThat(lax.check(webPush("https://127.0.0.1:8443/x", point(), AUTH)))
                .isEmpty();
        assertThat(lax.check(webPush("http://127.0.0.1:8443/x", point(), AUTH))).hasSize(1);
    }

    @Test
    void keys_that_cannot_encrypt_are_named() throws GeneralSecurityException {
        byte[] beside = Base64.getUrlDecoder().decode(point());
        beside[64] ^= 1;

        assertThat(fields(webPush(URL, base64(beside), AUTH))).containsExactly("keys.p256dh");
        assertThat(fields(webPush(URL, base64(new byte[65]), AUTH))).containsExactly("keys.p256dh");
        assertThat(fields(webPush(URL, "not base64!", "?"))).containsExactly("keys.p256dh", "keys.auth");
        assertThat(fields(webPush(URL, point(), base64(new byte[15])))).containsExactly("keys.auth");
    }

    @Test
    void a_point_is_decoded_to_the_key_it_was_encoded_from() throws GeneralSecurityException {
        for (int round = 0; round < 50; round++) {
            ECPublicKey key = newKey();

            assertThat(P256.decode(P256.encode(key)).orElseThrow().getW()).isEqualTo(key.getW());
        }
    }

    @Test
    void an_endpoint_shows_neither_token_nor_keys() throws GeneralSecurityException {
        assertThat(webPush(URL, point(), AUTH).toString()).doesNotContain("example.org", AUTH);
    }

    private List<String> fields(PushEndpoint endpoint) {
        return rules.check(endpoint).stream().map(FieldProblem::field).toList();
    }

    private static PushEndpoint plain(ProviderKind kind, String token) {
        return new PushEndpoint(kind, token, Optional.empty());
    }

    private static PushEndpoint webPush(String url, String p256dh, String auth) {
        return new PushEndpoint(ProviderKind.WEBPUSH, url, Optional.of(new WebPushKeys(p256dh, auth)));
    }

    private static String point() throws GeneralSecurityException {
        return base64(P256.encode(newKey()));
    }

    private static ECPublicKey newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return (ECPublicKey) generator.generateKeyPair().getPublic();
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
