package dev.parley.node.worker;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/// Writes out what loggers still hold, as the last thing that a process does.
public final class LogFlush {
    private LogFlush() {}

    /// Flushes and stops logging: what is logged later is lost.
    public static void now() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
            logback.stop();
        }
    }
}
