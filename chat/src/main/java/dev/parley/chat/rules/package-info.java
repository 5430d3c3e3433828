/// The decisions: pure functions from a read-only view and a command to events or a refusal, and from a query to an
/// answer.
@NullMarked
package dev.parley.chat.rules;

import org.jspecify.annotations.NullMarked;
