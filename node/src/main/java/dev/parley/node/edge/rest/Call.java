package dev.parley.node.edge.rest;

import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// One REST request, read whole.
///
/// @param path what the route's placeholders stand for in this request, decoded
/// @param query the query parameters, decoded
/// @param bearerToken of the `Authorization` header
/// @param authority the `Host` header
/// @param address of the other side of the connection
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Call(
        Map<String, String> path,
        Map<String, List<String>> query,
        Optional<String> bearerToken,
        String authority,
        String address,
        byte[] body) {
    private static final int NUMBER_LENGTH_MAX = 16;

    /// The value of a placeholder of the route.
    String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalStateException("the route has no placeholder " + name);
        }
        return value;
    }

    /// A sequence number in the query.
    ///
    /// @throws ProblemException invalid-field, if it is no whole number from 0 to 2^53 - 1, or is given twice
    OptionalLong seq(String name) {
        Optional<String> value = single(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(number(name, value.get(), 0, Limits.SEQ_MAX));
    }

    /// How many items a page may have.
    ///
    /// @throws ProblemException invalid-field, if it is no whole number from 1 to 200, or is given twice
    int limit() {
        return single("limit")
                .map(value -> (int) number("limit", value, 1, Limits.PAGE_MAX))
                .orElse(Limits.PAGE_DEFAULT);
    }

    /// A query parameter.
    ///
    /// @throws ProblemException invalid-field, if it is given twice
    Optional<String> single(String name) {
        List<String> values = query.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw ProblemException.invalidField(name, "must be given once");
        }
        return values.stream().findFirst();
    }

    /// Refuses a request that is too large to be any call of this protocol.
    static ProblemException tooLarge() {
        return new ProblemException(
                ErrorCode.TOO_LARGE, "A request body may have %d bytes.".formatted(Limits.FRAME_BYTES_MAX));
    }

    private static long number(String name, String text, long min, long max) {
        boolean digits = !text.isEmpty()
                && text.length() <= NUMBER_LENGTH_MAX
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        long number = digits ? Long.parseLong(text) : -1;
        if (number < min || number > max) {
            throw ProblemException.invalidField(name, "must be a whole number from %d to %d".formatted(min, max));
        }
        return number;
    }
}
