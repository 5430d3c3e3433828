package dev.parley.node.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.parley.chat.Ids;
import dev.parley.node.auth.TokenSettings.ExternalIssuer;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Optional;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;

/// Signs and verifies tokens. Thread-safe.
///
/// Bearer tokens say who a user is and open sessions; session tokens say which device of the user is calling. Each kind
/// is signed by a key of its own, derived from the cluster's secret and epoch, so that neither passes for the other and
/// neither is good in another cluster. No token ever reaches a log or the text of an exception.
public final class TokenAuthority {
    /// Longer ones are refused before anything is computed.
    static final int TOKEN_LENGTH_MAX = 8_192;

    private static final JOSEObjectType BEARER = new JOSEObjectType("parley-bearer+jwt");
    private static final JOSEObjectType SESSION = new JOSEObjectType("parley-session+jwt");
    private static final String DEVICE_CLAIM = "device";
    private static final String GENERATION_CLAIM = "generation";
    private static final String EPOCH_CLAIM = "epoch";
    private static final int KEY_BYTES = 32;

    private final TokenSettings settings;
    private final Clock clock;
    private final byte[] bearerKey;
    private final byte[] sessionKey;

    public TokenAuthority(TokenSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.bearerKey = derive("bearer");
        this.sessionKey = derive("session");
    }

    /// Signs a bearer token for an account of this cluster; for the admin API.
    public IssuedToken issueBearer(String userId, Duration ttl) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder().subject(userId);
        return sign(BEARER, bearerKey, claims, ttl);
    }

    /// Signs a token for a registered device.
    public IssuedToken issueSession(String userId, String deviceId, long generation) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .subject(userId)
                .claim(DEVICE_CLAIM, deviceId)
                .claim(GENERATION_CLAIM, generation);
        return sign(SESSION, sessionKey, claims, settings.sessionTtl());
    }

    /// The user that a bearer token names, be it signed here or by the external issuer.
    ///
    /// @throws ProblemException token-missing, token-invalid or token-expired
    public String verifyBearer(Optional<String> token) {
        SignedJWT jwt = parse(token);
        if (BEARER.equals(jwt.getHeader().getType())) {
            return userId(verifyOwn(jwt, bearerKey).getSubject());
        }
        if (SESSION.equals(jwt.getHeader().getType())) {
            throw invalid("This is a session token; this call takes the user's bearer token.");
        }
        return verifyExternal(jwt);
    }

    /// What a session token says. Whether its device was revoked since is known to [DeviceDirectory].
    ///
    /// @throws ProblemException token-missing, token-invalid or token-expired
    public SessionClaims verifySession(Optional<String> token) {
        SignedJWT jwt = parse(token);
        if (!SESSION.equals(jwt.getHeader().getType())) {
            throw invalid("This is no session token; POST /v1/sessions/bootstrap gives one.");
        }
        JWTClaimsSet claims = verifyOwn(jwt, sessionKey);
        try {
            String deviceId = claims.getStringClaim(DEVICE_CLAIM);
            Long generation = claims.getLongClaim(GENERATION_CLAIM);
            if (deviceId == null || generation == null) {
                throw invalid("The token lacks a claim.");
            }
            Instant expiresAt = claims.getExpirationTime().toInstant();
            return new SessionClaims(userId(claims.getSubject()), deviceId, generation, expiresAt);
        } catch (ParseException _) {
            throw invalid("A claim of the token has the wrong type.");
        }
    }

    private IssuedToken sign(JOSEObjectType type, byte[] key, JWTClaimsSet.Builder claims, Duration ttl) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant expiresAt = now.plus(ttl);
        claims.claim(EPOCH_CLAIM, settings.clusterEpoch())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(expiresAt));
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).type(type).build(), claims.build());
        try {
            jwt.sign(new MACSigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("a derived key of 32 bytes signs HS256", e);
        }
        return new IssuedToken(jwt.serialize(), expiresAt);
    }

    private static SignedJWT parse(Optional<String> token) {
        String text = token.orElseThrow(() -> new ProblemException(
                ErrorCode.TOKEN_MISSING, "The call needs the header 'Authorization: Bearer TOKEN'."));
        if (text.length() > TOKEN_LENGTH_MAX) {
            throw invalid("The token is longer than " + TOKEN_LENGTH_MAX + " characters.");
        }
        try {
            return SignedJWT.parse(text);
        } catch (ParseException _) {
            throw invalid("The token is no signed JWT.");
        }
    }

    private JWTClaimsSet verifyOwn(SignedJWT jwt, byte[] key) {
        try {
            requireSignature(jwt, JWSAlgorithm.HS256, new MACVerifier(key));
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            if (!settings.clusterEpoch().equals(claims.getStringClaim(EPOCH_CLAIM))) {
                throw invalid("The token is of another cluster.");
            }
            requireInTime(claims, Duration.ZERO);
            return claims;
        } catch (ParseException | JOSEException _) {
            throw invalid("The token cannot be read.");
        }
    }

    private String verifyExternal(SignedJWT jwt) {
        try {
            for (ExternalIssuer issuer : settings.issuers()) {
                if (hasSigned(issuer, jwt)) {
                    JWTClaimsSet claims = jwt.getJWTClaimsSet();
                    requireIssuer(claims, issuer);
                    requireInTime(claims, issuer.clockSkew());
                    return userId(claims.getStringClaim(issuer.userClaim()));
                }
            }
        } catch (ParseException | JOSEException _) {
            throw invalid("The token cannot be read.");
        }
        throw invalid("No known key has signed the token.");
    }

    private static boolean hasSigned(ExternalIssuer issuer, SignedJWT jwt) throws JOSEException {
        String keyId = jwt.getHeader().getKeyID() == null ? "" : jwt.getHeader().getKeyID();
        if (!issuer.algorithm().equals(jwt.getHeader().getAlgorithm().getName())) {
            return false;
        }
        for (VerificationKey key : issuer.keys().keys(keyId)) {
            if (mayHaveSigned(key, jwt, keyId) && jwt.verify(key.verifier())) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayHaveSigned(VerificationKey key, SignedJWT jwt, String keyId) {
        boolean sameId = key.keyId().isEmpty() || keyId.isEmpty() || key.keyId().equals(keyId);
        return sameId && key.algorithm().equals(jwt.getHeader().getAlgorithm());
    }

    private static void requireSignature(SignedJWT jwt, JWSAlgorithm algorithm, JWSVerifier verifier)
            throws JOSEException {
        if (!algorithm.equals(jwt.getHeader().getAlgorithm()) || !jwt.verify(verifier)) {
            throw invalid("The token is not signed by this cluster.");
        }
    }

    private static void requireIssuer(JWTClaimsSet claims, ExternalIssuer issuer) {
        if (issuer.issuer().isPresent() && !issuer.issuer().get().equals(claims.getIssuer())) {
            throw invalid("The token is of another issuer.");
        }
        if (issuer.audience().isPresent()
                && !claims.getAudience().contains(issuer.audience().get())) {
            throw invalid("The token is for another audience.");
        }
    }

    private void requireInTime(JWTClaimsSet claims, Duration skew) {
        Instant now = clock.instant();
        if (claims.getExpirationTime() == null) {
            throw invalid("The token has no expiry.");
        }
        if (!now.minus(skew).isBefore(claims.getExpirationTime().toInstant())) {
            throw new ProblemException(ErrorCode.TOKEN_EXPIRED, "The token has expired; get a new one.");
        }
        if (claims.getNotBeforeTime() != null
                && now.plus(skew).isBefore(claims.getNotBeforeTime().toInstant())) {
            throw invalid("The token is not valid yet.");
        }
    }

    private static String userId(@Nullable String claim) {
        if (claim == null || !Ids.isUser(claim)) {
            throw invalid("The token names no user.");
        }
        return claim;
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(ErrorCode.TOKEN_INVALID, detail);
    }

    /// HKDF (RFC 5869) with the purpose and the cluster as info: a key per purpose, none of which tells another.
    private byte[] derive(String purpose) {
        byte[] info = ("parley token v1 " + purpose + ' ' + settings.clusterEpoch()).getBytes(StandardCharsets.UTF_8);
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(settings.secret().bytes())
                            .thenExpand(info, KEY_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("JDK 25 has HKDF-SHA256", e);
        }
    }
}
