package dev.parley.chat.view;

/// What a user's list says about a conversation.
///
/// @param membershipSeq the record that said so, 0 for a direct conversation
/// @param member whether the user is in it; a conversation that was left stays, so that an older note cannot undo it
public record ListedConversation(long membershipSeq, boolean member) {}
