/// `parley chat`: talking to someone at a terminal.
@NullMarked
package dev.parley.cli.chat;

import org.jspecify.annotations.NullMarked;
