package dev.parley.chat.view;

/// One installation of one user.
///
/// @param generation grows when the device is registered again after a revocation
public record Device(String deviceId, String platform, long generation, long createdAtMillis, boolean revoked) {

    /// The device after its revocation.
    public Device asRevoked() {
        return new Device(deviceId, platform, generation, createdAtMillis, true);
    }
}
