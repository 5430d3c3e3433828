package dev.parley.node.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.parley.node.auth.TokenSettings.ExternalIssuer;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenAuthorityTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final byte[] SHARED = "a secret shared with the issuer!".getBytes(StandardCharsets.UTF_8);

    @Test
    void a_session_token_says_what_it_was_issued_for() {
        TokenAuthority tokens = authority("e1", CLOCK);

        IssuedToken token = tokens.issueSession("ann", "d1", 3);

        assertThat(tokens.verifySession(Optional.of(token.token())))
                .isEqualTo(new SessionClaims("ann", "d1", 3, NOW.plus(TokenSettings.SESSION_TTL_DEFAULT)));
        assertThat(token.toString()).doesNotContain(token.token());
    }

    @Test
    void a_bearer_token_of_the_cluster_names_its_user_until_it_expires() {
        String token =
                authority("e1", CLOCK).issueBearer("ann", Duration.ofMinutes(5)).token();

        assertThat(authority("e1", CLOCK).verifyBearer(Optional.of(token))).isEqualTo("ann");
        Clock later = Clock.fixed(NOW.plus(Duration.ofMinutes(5)), ZoneOffset.UTC);
        assertRefused(authority("e1", later), token, ErrorCode.TOKEN_EXPIRED);
        assertRefused(authority("e2", CLOCK), token, ErrorCode.TOKEN_INVALID);
    }

    @Test
    void a_token_that_was_changed_is_invalid() {
        TokenAuthority tokens = authority("e1", CLOCK);
        String token = tokens.issueBearer("ann", Duration.ofMinutes(5)).token();
        List<String> parts = List.of(token.split("\\.", -1));
        String claims = Base64URL.from(parts.get(1)).decodeToString().replace("ann", "eve");
        String forged =
                String.join(".", parts.getFirst(), Base64URL.encode(claims).toString(), parts.getLast());

        assertRefused(tokens, forged, ErrorCode.TOKEN_INVALID);
        assertRefused(tokens, "x".repeat(10_000), ErrorCode.TOKEN_INVALID);
    }

    @Test
    void an_unsigned_token_is_invalid() {
        String unsigned = new PlainJWT(claims().build()).serialize();

        assertRefused(authority("e1", CLOCK, hmac()), unsigned, ErrorCode.TOKEN_INVALID);
    }

    @Test
    void each_algorithm_is_accepted_with_its_own_kind_of_key() throws Exception {
        KeyPair rsa = keys("RSA");
        KeyPair ec = keys("EC");
        KeyPair ed = keys("Ed25519");
        JWSSigner ecSigner = new ECDSASigner((ECPrivateKey) ec.getPrivate());

        assertThat(verify(hmac(), signed(JWSAlgorithm.HS256, new MACSigner(SHARED))))
                .isEqualTo("ann");
        assertThat(verify(pem(rsa.getPublic()), signed(JWSAlgorithm.RS256, new RSASSASigner(rsa.getPrivate()))))
                .isEqualTo("ann");
        assertThat(verify(pem(ec.getPublic()), signed(JWSAlgorithm.ES256, ecSigner)))
                .isEqualTo("ann");
        assertThat(verify(pem(ed.getPublic()), signedEd25519(ed))).isEqualTo("ann");
    }

    @Test
    void a_key_of_one_kind_verifies_no_other_algorithm_and_no_other_signer() throws Exception {
        KeyPair rsa = keys("RSA");
        TokenAuthority tokens = authority("e1", CLOCK, pem(rsa.getPublic()));
        // The classic attack: the public key, which everybody knows, as the secret of an HMAC.
        byte[] publicKeyAsSecret = rsa.getPublic().getEncoded();

        assertRefused(tokens, signed(JWSAlgorithm.HS256, new MACSigner(publicKeyAsSecret)), ErrorCode.TOKEN_INVALID);
        assertRefused(tokens, signed(JWSAlgorithm.PS256, new RSASSASigner(rsa.getPrivate())), ErrorCode.TOKEN_INVALID);
        assertRefused(
                authority("e1", CLOCK, pem(keys("Ed25519").getPublic())),
                signedEd25519(keys("Ed25519")),
                ErrorCode.TOKEN_INVALID);
    }

    @Test
    void issuer_audience_time_and_user_are_checked() throws Exception {
        ExternalIssuer strict = new ExternalIssuer(
                KeySource.fixed(List.of(VerificationKey.secret(SHARED))),
                "HS256",
                Optional.of("https://id.example"),
                Optional.of("parley"),
                "uid",
                Duration.ofSeconds(30));
        TokenAuthority tokens = authority("e1", CLOCK, strict);

        assertThat(tokens.verifyBearer(Optional.of(signed(good())))).isEqualTo("ann");
        assertRefused(tokens, signed(good().issuer("https://evil.example")), ErrorCode.TOKEN_INVALID);
        assertRefused(tokens, signed(good().audience("other")), ErrorCode.TOKEN_INVALID);
        assertRefused(tokens, signed(good().expirationTime(null)), ErrorCode.TOKEN_INVALID);
        assertRefused(tokens, signed(good().expirationTime(at(-30))), ErrorCode.TOKEN_EXPIRED);
        assertThat(tokens.verifyBearer(Optional.of(signed(good().expirationTime(at(-29))))))
                .isEqualTo("ann");
        assertRefused(tokens, signed(good().notBeforeTime(at(31))), ErrorCode.TOKEN_INVALID);
        assertRefused(tokens, signed(good().claim("uid", null)), ErrorCode.TOKEN_INVALID);
        assertRefused(tokens, signed(good().claim("uid", 7)), ErrorCode.TOKEN_INVALID);
    }

    @Test
    void each_of_several_issuers_is_held_to_its_own_demands() throws Exception {
        byte[] otherSecret = "another secret of another issuer".getBytes(StandardCharsets.UTF_8);
        ExternalIssuer other = new ExternalIssuer(
                KeySource.fixed(List.of(VerificationKey.secret(otherSecret))),
                "HS256",
                Optional.of("https://other.example"),
                Optional.empty(),
                ExternalIssuer.USER_CLAIM_DEFAULT,
                ExternalIssuer.CLOCK_SKEW_DEFAULT);
        TokenAuthority tokens = authority("e1", CLOCK, hmac(), other);

        assertThat(tokens.verifyBearer(Optional.of(signed(claims())))).isEqualTo("ann");
        assertRefused(tokens, signed(JWSAlgorithm.HS256, new MACSigner(otherSecret)), ErrorCode.TOKEN_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "a/b", "ünïcode"})
    void a_token_for_no_possible_user_is_invalid(String userId) throws Exception {
        String token = signed(claims().subject(userId));

        assertRefused(authority("e1", CLOCK, hmac()), token, ErrorCode.TOKEN_INVALID);
    }

    @Test
    void a_foreign_jwt_is_invalid_when_no_issuer_is_trusted() throws Exception {
        assertRefused(authority("e1", CLOCK), signed(claims()), ErrorCode.TOKEN_INVALID);
    }

    @Test
    void keys_that_are_too_weak_or_none_are_refused_by_name() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1_024);
        String weak = pemText(generator.generateKeyPair().getPublic());

        assertThatThrownBy(() -> VerificationKey.pem(weak)).hasMessageContaining("2048 bits");
        assertThatThrownBy(() -> VerificationKey.pem("no key")).hasMessageContaining("PEM");
        assertThatThrownBy(() -> VerificationKey.secret(new byte[31])).hasMessageContaining("32 bytes");
        assertThatThrownBy(() -> new ClusterSecret(new byte[31])).hasMessageContaining("32 bytes");
    }

    private static String verify(ExternalIssuer issuer, String token) {
        return authority("e1", CLOCK, issuer).verifyBearer(Optional.of(token));
    }

    private static TokenAuthority authority(String epoch, Clock clock, ExternalIssuer... issuers) {
        return new TokenAuthority(
                new TokenSettings(
                        new ClusterSecret(SECRET), epoch, TokenSettings.SESSION_TTL_DEFAULT, List.of(issuers)),
                clock);
    }

    private static ExternalIssuer hmac() {
        return issuer(VerificationKey.secret(SHARED));
    }

    private static ExternalIssuer pem(PublicKey key) {
        return issuer(VerificationKey.pem(pemText(key)));
    }

    private static String pemText(PublicKey key) {
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    private static ExternalIssuer issuer(VerificationKey key) {
        return new ExternalIssuer(
                KeySource.fixed(List.of(key)),
                key.algorithm().getName(),
                Optional.empty(),
                Optional.empty(),
                ExternalIssuer.USER_CLAIM_DEFAULT,
                ExternalIssuer.CLOCK_SKEW_DEFAULT);
    }

    private static KeyPair keys(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("EC")) {
            generator.initialize(256);
        }
        return generator.generateKeyPair();
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder().subject("ann").expirationTime(at(60));
    }

    private static JWTClaimsSet.Builder good() {
        return claims().issuer("https://id.example").audience("parley").claim("uid", "ann");
    }

    private static Date at(int seconds) {
        return Date.from(NOW.plusSeconds(seconds));
    }

    private static String signed(JWSAlgorithm algorithm, JWSSigner signer) throws Exception {
        SignedJWT jwt = new SignedJWT(new JWSHeader(algorithm), claims().build());
        jwt.sign(signer);
        return jwt.serialize();
    }

    private static String signed(JWTClaimsSet.Builder claims) throws Exception {
        SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
        jwt.sign(new MACSigner(SHARED));
        return jwt.serialize();
    }

    private static String signedEd25519(KeyPair keys) throws Exception {
        SignedJWT unsigned = new SignedJWT(new JWSHeader(JWSAlgorithm.EdDSA), claims().build());
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(keys.getPrivate());
        signature.update(unsigned.getSigningInput());
        String input = new String(unsigned.getSigningInput(), StandardCharsets.US_ASCII);
        return input + "." + Base64URL.encode(signature.sign());
    }

    private static void assertRefused(TokenAuthority tokens, String token, ErrorCode code) {
        assertThatThrownBy(() -> tokens.verifyBearer(Optional.of(token)))
                .isInstanceOfSatisfying(ProblemException.class, refused -> {
                    assertThat(refused.problem().code()).isEqualTo(code);
                    assertThat(refused.getMessage()).doesNotContain(token);
                });
    }
}
