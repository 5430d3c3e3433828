package dev.parley.jepsen.history;

import java.util.Optional;

/// One line of a history: an operation was begun, or came to an end.
///
/// @param index its place in the history, from 0
/// @param timeNanos since the beginning of the run, by a clock that never goes back
/// @param process who did it: a client, which does one thing at a time, or [#NEMESIS]
/// @param f what was done, such as `send`
/// @param node which node was asked, if one was
/// @param note for fail and info why; for a fault the proof that it was there
public record Op(
        int index,
        long timeNanos,
        int process,
        Type type,
        String f,
        Datum value,
        Optional<String> node,
        Optional<String> note) {

    public static final int NEMESIS = -1;

    /// How far it got.
    public enum Type {
        INVOKE,
        /// It was done.
        OK,
        /// It surely was not done.
        FAIL,
        /// It may have been done, now or later; also what the nemesis does.
        INFO
    }

    public boolean is(Type wanted, String name) {
        return type == wanted && f.equals(name);
    }

    public double seconds() {
        return timeNanos / 1e9;
    }
}
