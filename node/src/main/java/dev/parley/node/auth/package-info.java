/// Who is calling: bearer tokens of users, session tokens of devices, and whether a device still counts.
@NullMarked
package dev.parley.node.auth;

import org.jspecify.annotations.NullMarked;
