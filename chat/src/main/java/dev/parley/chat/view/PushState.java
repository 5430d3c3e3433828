package dev.parley.chat.view;

/// What a user's devices were pushed about a conversation by one provider.
///
/// @param seq the newest record that was pushed
/// @param outcome the provider's answer in a few words
public record PushState(long seq, long atMillis, String outcome) {}
