package dev.parley.chat;

import java.util.Optional;

/// Where pushes for a device go, as its client has said.
///
/// @param provider `apns`, `fcm` or `webpush`; a device has one target of each at most
/// @param token by which the provider knows the device; who knows it may be able to push, so it is shown
///     nowhere
/// @param keys of a Web Push subscription
public record PushTarget(String provider, String token, Optional<Keys> keys) {

    /// The keys of a Web Push subscription, in base64url.
    public record Keys(String p256dh, String auth) {
        @Override
        public String toString() {
            return "Keys[]";
        }
    }

    /// Names the provider only.
    @Override
    public String toString() {
        return "PushTarget[" + provider + "]";
    }
}
