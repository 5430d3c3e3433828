/// Decides who is pushed what, and brings it to the providers: fed from the outbox of the users' partitions.
@NullMarked
package dev.parley.node.push.lane;

import org.jspecify.annotations.NullMarked;
