package dev.parley.chat.view;

/// Where a partition stands with telling users' lists about membership changes.
///
/// @param notedThrough every change up to this number is noted; 0 if none is
/// @param last number of the newest change, dense from 1; 0 if there was none
public record MembershipProgress(long notedThrough, long last) {}
