package dev.parley.node.push;

import java.util.Optional;

/// Where one device is reached. Comes from a client: [EndpointRules] checks it.
///
/// @param token APNs device token (hex), FCM registration token, or the endpoint URL of a Web Push subscription; who
///     knows it may be able to push, so it is neither logged nor part of a detail
/// @param keys of a Web Push subscription; empty for the others
public record PushEndpoint(ProviderKind provider, String token, Optional<WebPushKeys> keys) {

    /// Names the provider only.
    @Override
    public String toString() {
        return "PushEndpoint[" + provider.wire() + "]";
    }
}
