package dev.parley.raftstorage;

/// What the leader decided once for an entry before proposing it, and where the entry ended up. Alike on every
/// replica.
///
/// @param epochMillis the leader's clock; never lower than the stamp of an earlier entry of the group that was
///     applied
/// @param entropy random bits for ids made at apply
/// @param term Raft term of the entry
/// @param logIndex Raft log index of the entry
public record Stamp(long epochMillis, long entropy, long term, long logIndex) {}
