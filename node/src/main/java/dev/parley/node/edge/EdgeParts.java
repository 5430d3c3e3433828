package dev.parley.node.edge;

import dev.parley.node.auth.DeviceDirectory;
import dev.parley.node.auth.TokenAuthority;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.presence.Presence;
import dev.parley.node.push.AcceptedEndpoints;
import dev.parley.node.session.SessionRegistry;
import dev.parley.node.session.Typing;

/// What the edge works with.
///
/// @param epoch names the cluster in `hello`: sequence numbers of another epoch mean nothing
public record EdgeParts(
        ChatGate gate,
        Partitioning partitioning,
        TokenAuthority tokens,
        DeviceDirectory devices,
        SessionRegistry sessions,
        Typing typing,
        Presence presence,
        AcceptedEndpoints pushEndpoints,
        String epoch) {}
