package dev.parley.node.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BlockingQueue<String> faults = new LinkedBlockingQueue<>();
    private final Fault recording = (worker, cause) -> faults.add(worker + ": " + cause);

    @ParameterizedTest
    @EnumSource(Worker.Kind.class)
    void a_stopped_worker_is_interrupted_and_its_end_is_no_fault(Worker.Kind kind) {
        CountDownLatch never = new CountDownLatch(1);
        Worker worker = Worker.start("waiter", kind, recording, never::await);

        boolean ended = worker.stop(PATIENCE);

        assertThat(ended).isTrue();
        assertThat(worker.isAlive()).isFalse();
        assertThat(faults).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Worker.Kind.class)
    void whatever_a_task_throws_reaches_its_fault_with_the_workers_name(Worker.Kind kind) {
        Worker failing = Worker.start("failing", kind, recording, () -> {
            throw new java.io.IOException("disk gone");
        });
        Worker broken = Worker.start("broken", kind, recording, () -> {
            throw new AssertionError("impossible");
        });

        assertThat(failing.join(PATIENCE)).isTrue();
        assertThat(broken.join(PATIENCE)).isTrue();
        assertThat(faults)
                .containsExactlyInAnyOrder(
                        "failing: java.io.IOException: disk gone", "broken: java.lang.AssertionError: impossible");
    }

    @Test
    void an_interrupt_that_nobody_asked_for_is_a_fault() {
        Worker worker = Worker.start("waiter", Worker.Kind.VIRTUAL, recording, () -> {
            throw new InterruptedException("stray");
        });

        assertThat(worker.join(PATIENCE)).isTrue();
        assertThat(faults).containsExactly("waiter: java.lang.InterruptedException: stray");
    }

    @Test
    void a_worker_that_ignores_the_stop_is_reported_as_running() {
        CountDownLatch release = new CountDownLatch(1);
        Worker stubborn = Worker.start("stubborn", Worker.Kind.VIRTUAL, recording, () -> {
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
        });

        boolean ended = stubborn.stop(Duration.ofMillis(1));

        assertThat(ended).isFalse();
        release.countDown();
        assertThat(stubborn.join(PATIENCE)).isTrue();
    }

    @Test
    void threads_of_an_executor_are_numbered_and_report_to_the_fault() throws InterruptedException {
        var threads = Worker.threads("pool", Worker.Kind.VIRTUAL, recording);
        Thread first = threads.newThread(() -> {});
        Thread second = threads.newThread(() -> {
            throw new IllegalStateException("bug");
        });

        second.start();

        assertThat(first.getName()).isEqualTo("pool");
        assertThat(faults.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo("pool-2: java.lang.IllegalStateException: bug");
    }

    @Test
    void a_fatal_fault_ends_the_process_with_code_70_and_leaves_the_reason_in_the_log() throws Exception {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FatalProcess.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(70);
        assertThat(output).contains("reason=worker-failed worker=applier exitCode=70", "tables are broken");
    }

    static final class FatalProcess {
        private FatalProcess() {}

        public static void main(String[] args) {
            Worker worker = Worker.start("applier", Worker.Kind.VIRTUAL, Fault.fatal(), () -> {
                throw new IllegalStateException("tables are broken");
            });
            worker.join(PATIENCE);
        }
    }
}
