package dev.parley.chat.rules;

import dev.parley.chat.Ids;

/// Time and chance as the leader fixed them for a command, alike on every replica.
///
/// @param epochMillis when the command's entry was proposed, never lower than that of an earlier entry
/// @param entropy random bits of the entry
/// @param commandIndex position of the command in the entry, below 2^18
public record CommandStamp(long epochMillis, long entropy, int commandIndex) {
    /// One command adds at most two records (a last owner leaves, another is named); four leave room.
    private static final int RECORDS_PER_COMMAND_MAX = 4;

    /// The id of a record that the command adds.
    ///
    /// @param recordIndex position among the command's records
    String messageId(int recordIndex) {
        if (recordIndex >= RECORDS_PER_COMMAND_MAX) {
            throw new IllegalArgumentException(
                    "a command adds at most %d records, not %d".formatted(RECORDS_PER_COMMAND_MAX, recordIndex + 1));
        }
        return Ids.message(epochMillis, entropy, commandIndex * RECORDS_PER_COMMAND_MAX + recordIndex);
    }
}
