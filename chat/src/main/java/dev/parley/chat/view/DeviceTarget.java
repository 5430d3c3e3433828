package dev.parley.chat.view;

import dev.parley.chat.PushTarget;

/// Where pushes for one device of a user go.
public record DeviceTarget(String deviceId, PushTarget target) {}
