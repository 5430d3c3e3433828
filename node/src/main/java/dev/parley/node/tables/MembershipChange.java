package dev.parley.node.tables;

/// A user joined or left a conversation, which the user's list, in another partition, must be told.
///
/// @param number dense per partition from 1
/// @param membershipSeq the record that says so; 0 for a direct conversation
/// @param member whether the user is in it now
public record MembershipChange(long number, String userId, String conversationId, long membershipSeq, boolean member) {}
