/// The Java client of Parley: it connects, sends each message until it knows what became of it, and shows every record
/// of a conversation once and in order, whichever node it is connected to.
@NullMarked
package dev.parley.client;

import org.jspecify.annotations.NullMarked;
