package dev.parley.chat.view;

import dev.parley.chat.AccountSettings;

/// A user who has been here.
///
/// @param devices how many devices were ever registered
public record Account(String userId, long createdAtMillis, int devices, AccountSettings settings) {

    /// A user who comes for the first time.
    public static Account created(String userId, long atMillis) {
        return new Account(userId, atMillis, 0, AccountSettings.DEFAULT);
    }

    /// The account with one more device.
    public Account withDevice() {
        return new Account(userId, createdAtMillis, devices + 1, settings);
    }

    public Account withSettings(AccountSettings newSettings) {
        return new Account(userId, createdAtMillis, devices, newSettings);
    }
}
