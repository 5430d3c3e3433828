package dev.parley.node.tls;

import dev.parley.node.worker.Fault;
import dev.parley.node.worker.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks every few seconds whether certificates were renewed.
public final class KeyWatch implements AutoCloseable {
    /// How often a node looks.
    public static final Duration EVERY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(KeyWatch.class);

    private final Map<String, ReloadableKeys> watched;
    private final Count count;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Worker worker;
    private final Map<String, String> troubles = new TreeMap<>();

    /// What came of a change of files.
    public enum Result {
        LOADED,
        FAILED
    }

    /// Counts.
    @FunctionalInterface
    public interface Count {
        void reloaded(Result result);
    }

    /// Starts to look.
    ///
    /// @param watched by a name for the log
    public KeyWatch(Map<String, ReloadableKeys> watched, Duration every, Count count) {
        this.watched = new TreeMap<>(watched);
        this.count = count;
        this.worker = Worker.start("key-watch", Worker.Kind.VIRTUAL, Fault.logged(), () -> {
            while (!closing.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                this.watched.forEach(this::look);
            }
        });
    }

    private void look(String name, ReloadableKeys keys) {
        try {
            if (keys.reloadIfChanged()) {
                troubles.remove(name);
                count.reloaded(Result.LOADED);
                LOG.info(
                        "certificate loaded: for={} subject=\"{}\" expires={}",
                        name,
                        keys.material().certificate().getSubjectX500Principal().getName(),
                        keys.material().expires());
            }
        } catch (IOException | RuntimeException e) {
            String trouble = String.valueOf(e.getMessage());
            if (!trouble.equals(troubles.put(name, trouble))) {
                count.reloaded(Result.FAILED);
                LOG.warn("certificate not loaded, the one before stays in use: for={} reason=\"{}\"", name, trouble);
            }
        }
    }

    @Override
    public void close() {
        closing.countDown();
        worker.stop(Duration.ofSeconds(1));
    }
}
