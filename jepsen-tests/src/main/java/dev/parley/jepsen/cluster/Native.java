package dev.parley.jepsen.cluster;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// The three calls of Linux for which there is no tool or no Java.
@SuppressWarnings("restricted") // allowed by --enable-native-access
final class Native {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option TWO_FIXED = Linker.Option.firstVariadicArg(2);
    private static final MethodHandle OPEN = function("open", new MemoryLayout[] {ADDRESS, JAVA_INT}, TWO_FIXED);
    private static final MethodHandle IOCTL =
            function("ioctl", new MemoryLayout[] {JAVA_INT, JAVA_LONG, ADDRESS}, TWO_FIXED);
    private static final MethodHandle SETNS = function("setns", new MemoryLayout[] {JAVA_INT, JAVA_INT});
    private static final MethodHandle CLOSE = function("close", new MemoryLayout[] {JAVA_INT});

    private static final long EXT4_IOC_SHUTDOWN = 0x8004587DL;
    private static final int NO_LOG_FLUSH = 2;
    private static final int CLONE_NEWNET = 0x40000000;

    /// Stops an ext4 file system at once: nothing that was not synced gets to its disk any more.
    static void shutDownFileSystem(Path mount) {
        try (Arena arena = Arena.ofConfined()) {
            int file = opened(arena, mount);
            MemorySegment how = arena.allocate(JAVA_INT);
            how.set(JAVA_INT, 0, NO_LOG_FLUSH);
            int result = (int) IOCTL.invokeExact(file, EXT4_IOC_SHUTDOWN, how);
            close(file);
            check(result, "the shutdown of the file system at " + mount);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /// Moves this thread, and all that it starts from now on, into a network namespace.
    static void enterNetwork(Path namespace) {
        try (Arena arena = Arena.ofConfined()) {
            int file = opened(arena, namespace);
            int result = (int) SETNS.invokeExact(file, CLONE_NEWNET);
            close(file);
            check(result, "entering " + namespace);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static int opened(Arena arena, Path path) throws Throwable {
        int file = (int) OPEN.invokeExact(arena.allocateFrom(path.toString()), 0);
        check(file, "opening " + path);
        return file;
    }

    private static void close(int file) throws Throwable {
        check((int) CLOSE.invokeExact(file), "closing a file");
    }

    private static void check(int result, String what) {
        if (result < 0) {
            throw new IllegalStateException(what + " failed");
        }
    }

    private static IllegalStateException failed(Throwable cause) {
        return cause instanceof IllegalStateException known
                ? known
                : new IllegalStateException("a call of the system failed", cause);
    }

    private static MethodHandle function(String name, MemoryLayout[] arguments, Linker.Option... options) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments), options);
    }

    private Native() {}
}
