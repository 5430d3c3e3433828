package dev.parley.chat.view;

/// One change of a user's list.
///
/// @param version the inbox version that it made, growing from 1
/// @param conversationId of what changed
/// @param fromSeq the head that the list knew before: records after it are news
public record InboxChange(long version, String conversationId, long fromSeq) {}
