/// The local work queues on Chronicle Queue; the only package that knows it.
@NullMarked
package dev.parley.raftstorage.chronicle;

import org.jspecify.annotations.NullMarked;
