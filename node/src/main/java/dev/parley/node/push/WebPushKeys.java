package dev.parley.node.push;

/// The keys of a Web Push subscription, as the browser gives them.
///
/// @param p256dh the browser's public key: an uncompressed point of P-256 in base64url
/// @param auth 16 secret bytes in base64url
public record WebPushKeys(String p256dh, String auth) {

    /// Shows no key.
    @Override
    public String toString() {
        return "WebPushKeys[]";
    }
}
