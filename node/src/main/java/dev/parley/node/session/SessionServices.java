package dev.parley.node.session;

import dev.parley.node.gate.ChatGate;
import dev.parley.node.placement.Partitioning;
import java.util.concurrent.ThreadFactory;

/// What the requests of every session are answered with.
///
/// @param threads makes virtual threads for catching up and for follow-up requests
public record SessionServices(
        ChatGate gate,
        Partitioning partitioning,
        Positions positions,
        RateLimits rates,
        SyncPermits syncs,
        Typing typing,
        PresenceDesk presence,
        ReadReceipts receipts,
        ThreadFactory threads) {}
