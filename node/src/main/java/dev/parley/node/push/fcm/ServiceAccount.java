package dev.parley.node.push.fcm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.regex.Pattern;

/// A Google service account that may send messages, from its JSON key file.
public final class ServiceAccount {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SCOPE = "https://www.googleapis.com/auth/firebase.messaging";

    /// The longest that Google takes.
    private static final Duration GOOD_FOR = Duration.ofHours(1);

    private static final Pattern PROJECT_ID = Pattern.compile("[a-z0-9.:-]+");

    private final String projectId;
    private final String clientEmail;
    private final String keyId;
    private final RSASSASigner signer;
    private final URI tokenUrl;

    private ServiceAccount(String projectId, String clientEmail, String keyId, RSASSASigner signer, URI tokenUrl) {
        this.projectId = projectId;
        this.clientEmail = clientEmail;
        this.keyId = keyId;
        this.signer = signer;
        this.tokenUrl = tokenUrl;
    }

    /// Reads a key file.
    ///
    /// @throws IOException if it cannot be read, or is no key of a service account; its message shows no key
    public static ServiceAccount read(Path file) throws IOException {
        JsonNode json;
        try {
            json = JSON.readTree(Files.readString(file));
        } catch (JsonProcessingException _) { // its message may show a part of the key
            throw new IOException(file + " is not JSON");
        }
        try {
            return new ServiceAccount(
                    matching(PROJECT_ID, json, "project_id"),
                    text(json, "client_email"),
                    text(json, "private_key_id"),
                    signer(text(json, "private_key")),
                    tokenUrl(text(json, "token_uri")));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is no key of a service account: " + e.getMessage(), e);
        }
    }

    String projectId() {
        return projectId;
    }

    URI tokenUrl() {
        return tokenUrl;
    }

    /// What is exchanged for an access token (RFC 7523).
    String assertion(Instant now) {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(clientEmail)
                .audience(tokenUrl.toString())
                .claim("scope", SCOPE)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(GOOD_FOR)))
                .build();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .type(JOSEObjectType.JWT)
                        .keyID(keyId)
                        .build(),
                claims);
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("an RSA key signs with RS256", e);
        }
        return token.serialize();
    }

    private static RSASSASigner signer(String pem) {
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", ""));
            return new RSASSASigner(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException("private_key must be an RSA key of 2048 bits or more in PEM", e);
        }
    }

    private static URI tokenUrl(String text) {
        URI url = URI.create(text);
        if (!"https".equals(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException("token_uri must begin with https:// and have a host");
        }
        return url;
    }

    private static String matching(Pattern pattern, JsonNode json, String field) {
        String text = text(json, field);
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(field + " must match " + pattern.pattern());
        }
        return text;
    }

    private static String text(JsonNode json, String field) {
        String text = json.path(field).asText();
        if (text.isEmpty()) {
            throw new IllegalArgumentException(field + " is missing");
        }
        return text;
    }
}
