package dev.parley.node.push;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Which providers there are, and how they are used. Holds paths of secrets, never secrets.
///
/// @param timeToLive how long a provider keeps a push for a device that it cannot reach
/// @param timeout within which a provider's answer must be there
/// @param previews whether the text of messages may be shown to providers
public record PushSettings(
        Optional<Apns> apns,
        Optional<Fcm> fcm,
        Optional<WebPush> webPush,
        Duration timeToLive,
        Duration timeout,
        boolean previews) {

    /// Apple's service.
    ///
    /// @param keyFile the .p8 key of the team
    /// @param topic the app's bundle id
    /// @param host `api.push.apple.com`, or `api.sandbox.push.apple.com` for development builds
    /// @param trustedCaFile certificates to trust instead of the JDK's, in PEM
    /// @param permits notifications under way at once
    public record Apns(
            String teamId,
            String keyId,
            Path keyFile,
            String topic,
            String host,
            int port,
            Optional<Path> trustedCaFile,
            int permits) {}

    /// Google's service.
    ///
    /// @param serviceAccountFile the JSON key of a service account that may send messages
    /// @param trustedCaFile certificates to trust instead of the JDK's, in PEM
    /// @param permits requests under way at once
    public record Fcm(Path serviceAccountFile, URI baseUrl, Optional<Path> trustedCaFile, int permits) {}

    /// The browsers' services.
    ///
    /// @param privateKeyFile the VAPID key that `parley push vapid` has made
    /// @param subject whom a push service may write to: `mailto:` or `https:`
    /// @param allowPrivateAddresses also send to addresses of this machine and its network; for tests only
    /// @param trustedCaFile certificates to trust instead of the JDK's, in PEM
    /// @param permits requests under way at once
    public record WebPush(
            Path privateKeyFile,
            String subject,
            boolean allowPrivateAddresses,
            Optional<Path> trustedCaFile,
            int permits) {}
}
