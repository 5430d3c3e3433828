package dev.parley.chat.view;

/// A user who has been here.
///
/// @param devices how many devices were ever registered
public record Account(String userId, long createdAtMillis, int devices) {

    /// The account with one more device.
    public Account withDevice() {
        return new Account(userId, createdAtMillis, devices + 1);
    }
}
