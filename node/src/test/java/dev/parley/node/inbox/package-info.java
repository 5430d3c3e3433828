/// Tests of what lists of users are told.
@NullMarked
package dev.parley.node.inbox;

import org.jspecify.annotations.NullMarked;
