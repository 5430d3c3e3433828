/// The rules of chat: commands in, events or a refusal out. No I/O, no clock, no random source, no threads.
@NullMarked
package dev.parley.chat;

import org.jspecify.annotations.NullMarked;
