package dev.parley.node.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// The JSON object that a call carries. Every fault is the caller's, an [ProblemException].
final class AdminBody {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Duration TTL_MAX = Duration.ofDays(365);

    private final JsonNode object;

    private AdminBody(JsonNode object) {
        this.object = object;
    }

    static AdminBody of(ServerRequest request) {
        try {
            JsonNode json = JSON.readTree(bytes(request));
            if (json == null || !json.isObject()) {
                throw new ProblemException(ErrorCode.MALFORMED, "The body must be a JSON object.");
            }
            return new AdminBody(json);
        } catch (JsonProcessingException e) {
            throw new ProblemException(ErrorCode.MALFORMED, "The body is not JSON: " + e.getOriginalMessage() + ".");
        } catch (IOException e) {
            throw new ProblemException(ErrorCode.MALFORMED, "The body could not be read.");
        }
    }

    /// The user that the call is about; the rules say which names are good.
    String userId() {
        JsonNode field = object.path("userId");
        if (!field.isTextual() || field.textValue().isEmpty()) {
            throw ProblemException.invalidField("userId", "must be a text that is not empty");
        }
        if (field.textValue().length() > Limits.USER_ID_LENGTH_MAX) {
            throw ProblemException.invalidField(
                    "userId", "may have %d characters".formatted(Limits.USER_ID_LENGTH_MAX));
        }
        return field.textValue();
    }

    Optional<Duration> ttl() {
        JsonNode field = object.path("ttlSeconds");
        if (field.isMissingNode() || field.isNull()) {
            return Optional.empty();
        }
        if (!field.isIntegralNumber()
                || !field.canConvertToLong()
                || field.longValue() < 1
                || field.longValue() > TTL_MAX.toSeconds()) {
            throw ProblemException.invalidField(
                    "ttlSeconds", "must be a whole number from 1 to %d".formatted(TTL_MAX.toSeconds()));
        }
        return Optional.of(Duration.ofSeconds(field.longValue()));
    }

    /// All bytes; the listener's payload limit bounds them.
    private static byte[] bytes(ServerRequest request) throws IOException {
        return request.content().hasEntity() ? request.content().inputStream().readAllBytes() : new byte[0];
    }
}
