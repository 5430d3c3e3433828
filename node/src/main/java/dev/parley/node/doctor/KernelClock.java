package dev.parley.node.doctor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Whether somebody keeps the clock right, as the Linux kernel knows it from `adjtimex`; NTP clients tell it,
/// and
/// `timedatectl` asks it too.
final class KernelClock {
    /// `struct timex` on 64-bit Linux.
    private static final long TIMEX_BYTES = 208;

    private static final long MAX_ERROR_MICROS = 24;

    /// The kernel counts the error up while nobody corrects the clock, and stops at this bound.
    private static final long ERROR_BOUND_MICROS = 16_000_000;

    private KernelClock() {}

    /// The largest error in microseconds; empty where it cannot be asked, [Long#MAX_VALUE] if nobody keeps it.
    @SuppressWarnings("restricted")
    static Optional<Long> errorMicros() {
        if (!System.getProperty("os.name").equals("Linux") || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
            return Optional.empty();
        }
        Linker linker = Linker.nativeLinker();
        Optional<MethodHandle> adjtimex = linker.defaultLookup()
                .find("adjtimex")
                .map(function -> linker.downcallHandle(
                        function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS)));
        return adjtimex.flatMap(KernelClock::ask);
    }

    /// Changes nothing: no mode is set.
    private static Optional<Long> ask(MethodHandle adjtimex) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timex = arena.allocate(TIMEX_BYTES, Long.BYTES);
            int state = (int) adjtimex.invokeExact(timex);
            if (state < 0) {
                return Optional.empty();
            }
            long error = timex.get(ValueLayout.JAVA_LONG, MAX_ERROR_MICROS);
            return Optional.of(error >= ERROR_BOUND_MICROS ? Long.MAX_VALUE : error);
        } catch (Throwable e) {
            throw new IllegalStateException("adjtimex cannot be called", e);
        }
    }
}
