package dev.parley.node.systemd;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The datagram socket on which systemd hears from a service (`sd_notify(3)`), Linux only.
///
/// The JDK's Unix sockets are streams, so this calls `socket` and `sendto` of the C library by the foreign
/// function
/// interface. The alternatives are worse: the program `systemd-notify` would be a process for each sign of
/// life, and
/// systemd would have to take messages of any process of the service; Netty has such datagrams in native code
/// that the
/// node does not carry otherwise; a sidecar says nothing about this process. Used by one thread at a time.
final class NotifySocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotifySocket.class);

    private static final String VARIABLE = "NOTIFY_SOCKET";
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int PATH_BYTES_MAX = 107;
    private static final long FAMILY_BYTES = Short.BYTES;
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment address;
    private final MemorySegment errno;
    private final MethodHandle sendto;
    private final MethodHandle close;
    private final int descriptor;
    private boolean failed;

    private NotifySocket(byte[] path) throws Throwable {
        address = arena.allocate(FAMILY_BYTES + path.length, Short.BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, FAMILY_BYTES, path.length);
        errno = arena.allocate(CALL_STATE);
        sendto = function(
                "sendto",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT));
        close = function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        descriptor = (int) function(
                        "socket",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                .invokeExact(errno, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
        if (descriptor < 0) {
            throw new IllegalStateException("socket: errno " + (int) ERRNO.get(errno, 0L));
        }
    }

    /// The socket that the environment names, if this process was started by a service manager that listens.
    static Optional<NotifySocket> of(Map<String, String> environment) {
        String name = environment.getOrDefault(VARIABLE, "");
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        if (path.length < 2 || path.length > PATH_BYTES_MAX || (path[0] != '/' && path[0] != '@')) {
            return Optional.empty();
        }
        if (path[0] == '@') {
            path[0] = 0; // an abstract name: no file
        }
        try {
            return Optional.of(new NotifySocket(path));
        } catch (Throwable e) {
            LOG.warn("service manager cannot be told anything: socket={}", name, e);
            return Optional.empty();
        }
    }

    /// Sends assignments, one a line, such as `READY=1`. A failure is logged, the first of several only.
    void send(String state) {
        try (Arena call = Arena.ofConfined()) {
            byte[] bytes = state.getBytes(StandardCharsets.UTF_8);
            MemorySegment message = call.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            long sent = (long) sendto.invokeExact(
                    errno, descriptor, message, (long) bytes.length, MSG_NOSIGNAL, address, (int) address.byteSize());
            if (sent < 0 && !failed) {
                LOG.warn("service manager not told: errno={} state={}", (int) ERRNO.get(errno, 0L), state);
            }
            failed = sent < 0;
        } catch (Throwable e) {
            throw new IllegalStateException("sendto could not be called", e);
        }
    }

    @Override
    public void close() {
        try {
            int result = (int) close.invokeExact(errno, descriptor);
            LOG.debug("notify socket closed: result={}", result);
        } catch (Throwable e) {
            throw new IllegalStateException("close could not be called", e);
        } finally {
            arena.close();
        }
    }

    @SuppressWarnings("restricted") // the launcher and the unit allow native access
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
    }
}
