package dev.parley.node.edge.rest;

import dev.parley.node.auth.DeviceDirectory;
import dev.parley.node.auth.TokenAuthority;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.presence.Presence;
import dev.parley.node.push.AcceptedEndpoints;
import dev.parley.node.session.RateLimits;
import dev.parley.node.session.ReadReceipts;
import java.net.URI;
import java.util.Optional;

/// What the REST calls work with.
///
/// @param publicUrl where clients reach the cluster; if empty, the `Host` of the request
public record RestParts(
        ChatGate gate,
        Partitioning partitioning,
        TokenAuthority tokens,
        DeviceDirectory devices,
        RateLimits rates,
        Presence presence,
        ReadReceipts receipts,
        AcceptedEndpoints pushEndpoints,
        Optional<URI> publicUrl) {}
