package dev.parley.node.systemd;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What systemd has: a bound datagram socket. Used by one thread.
final class NotifyListener implements AutoCloseable {
    private static final int MSG_DONTWAIT = 0x40;
    private static final int BYTES_MAX = 4_096;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BYTES_MAX);
    private final List<String> heard = new ArrayList<>();
    private final int descriptor;

    NotifyListener(Path path) throws Throwable {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        MemorySegment address = arena.allocate(2L + name.length + 1, 2);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
        MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
        descriptor = (int) call("socket", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)
                .invokeExact(1, 2, 0);
        int bound = (int) call("bind", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT)
                .invokeExact(descriptor, address, (int) address.byteSize());
        if (descriptor < 0 || bound != 0) {
            throw new IllegalStateException("cannot listen on " + path);
        }
    }

    /// All that was heard so far.
    List<String> heard() {
        try {
            MethodHandle receive =
                    call("recv", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
            int length;
            while ((length = (int) receive.invokeExact(descriptor, buffer, BYTES_MAX, MSG_DONTWAIT)) >= 0) {
                byte[] bytes = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
                heard.add(new String(bytes, StandardCharsets.UTF_8));
            }
            return List.copyOf(heard);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            int result = (int) call("close", ValueLayout.JAVA_INT).invokeExact(descriptor);
            if (result != 0) {
                throw new IllegalStateException("not closed");
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        } finally {
            arena.close();
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle call(String name, java.lang.foreign.MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }
}
