/// Users' lists of conversations, kept in step with the conversations' members.
@NullMarked
package dev.parley.node.inbox;

import org.jspecify.annotations.NullMarked;
