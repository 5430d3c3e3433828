package dev.parley.node.health;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.RuntimeMXBean;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;

/// Figures of the process and its disk.
public final class ProcessMetrics {
    private static final double MILLIS_PER_SECOND = 1_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private ProcessMetrics() {}

    /// Adds them.
    ///
    /// @param dataDirectory whose disk is measured
    public static void register(NodeMetrics metrics, Readiness readiness, Path dataDirectory) {
        RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        metrics.gauge(
                "parley_uptime_seconds",
                "Seconds since the process started.",
                () -> runtime.getUptime() / MILLIS_PER_SECOND);
        metrics.gauge(
                "parley_ready",
                "1 if clients should be sent here, else 0; /readyz says why.",
                () -> readiness.verdict().ready() ? 1 : 0);
        metrics.gauge(
                "parley_heap_used_bytes",
                "Bytes of the Java heap in use.",
                () -> memory.getHeapMemoryUsage().getUsed());
        metrics.gauge(
                "parley_heap_max_bytes",
                "Bytes that the Java heap may take.",
                () -> memory.getHeapMemoryUsage().getMax());
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        metrics.count(
                "parley_cpu_seconds",
                "Seconds of processor time that the process took, of all cores together.",
                () -> Math.max(0, system.getProcessCpuTime()) / NANOS_PER_SECOND);
        metrics.gauge("parley_platform_threads", "Platform threads alive.", threads::getThreadCount);
        metrics.gauge(
                "parley_disk_free_bytes",
                "Bytes free on the disk of the data directory.",
                () -> dataDirectory.toFile().getUsableSpace());
    }
}
