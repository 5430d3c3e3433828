package dev.parley.chat;

/// Where the command that made a record stands in the replicated log of its partition.
///
/// @param term of the leader that proposed it
/// @param index in the log
public record LogPlace(long term, long index) {}
