package dev.parley.node.admin;

import dev.parley.node.gate.ChatGate;
import dev.parley.node.health.NodeMetrics;
import dev.parley.node.health.Readiness;
import dev.parley.node.inbox.OutboxReport;
import dev.parley.raftstorage.GroupStatus;
import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// What the admin listener needs of the node. All are called from its connections' virtual threads.
///
/// @param groups the replicas on this node
/// @param reachable whether another node answers this one now
/// @param sessions live sessions on this node
/// @param outbox the outboxes of the partitions that this node leads; may block
public record AdminPorts(
        ChatGate gate,
        TokenIssuer tokens,
        Readiness readiness,
        NodeMetrics metrics,
        Supplier<List<GroupStatus>> groups,
        Predicate<NodeId> reachable,
        IntSupplier sessions,
        Supplier<List<OutboxReport.Line>> outbox) {}
