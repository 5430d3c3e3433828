package dev.parley.chat.view;

/// Where a partition stands with telling users' lists what was delivered.
///
/// @param notedThrough every delivery up to this number is noted; 0 if none is
/// @param last number of the newest delivery, dense from 1; 0 if there was none
public record OutboxProgress(long notedThrough, long last) {}
