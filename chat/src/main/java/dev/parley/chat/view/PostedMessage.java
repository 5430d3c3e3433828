package dev.parley.chat.view;

import dev.parley.chat.Fingerprint;

/// The first answer to a post, kept for its retries.
///
/// @param body tells whether a retry has the same body
public record PostedMessage(long seq, String messageId, long createdAtMillis, Fingerprint body) {}
