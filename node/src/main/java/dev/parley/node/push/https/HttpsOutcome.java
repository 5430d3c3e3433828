package dev.parley.node.push.https;

import java.util.Optional;

/// What became of a request.
public sealed interface HttpsOutcome {

    /// The server has answered.
    ///
    /// @param retryAfter the header of that name
    /// @param body its beginning
    record Answered(int status, Optional<String> retryAfter, String body) implements HttpsOutcome {}

    /// No answer came, or one that is not HTTP.
    ///
    /// @param detail in a few words
    record Failed(String detail) implements HttpsOutcome {}

    /// Nothing was sent: the name leads to no address of the public internet.
    record NotPublic() implements HttpsOutcome {}
}
