package dev.parley.node.edge.socket;

import dev.parley.node.auth.DeviceDirectory;
import dev.parley.node.session.Session;
import dev.parley.node.session.SessionRegistry;
import dev.parley.node.session.SessionServices;
import java.time.Clock;

/// What every WebSocket connection works with.
///
/// @param shared what sessions share
/// @param epoch names the cluster in `hello`
public record SocketParts(
        SessionRegistry sessions,
        DeviceDirectory devices,
        Session.Shared shared,
        SessionServices services,
        String epoch,
        Clock clock) {}
