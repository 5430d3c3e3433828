/// The commands for administrators, which speak to a node's admin port.
@NullMarked
package dev.parley.cli.admin;

import org.jspecify.annotations.NullMarked;
