package dev.parley.cli.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.cli.CommandFailed;
import dev.parley.cli.Screen;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Waits for a job of the cluster and shows how far it is.
final class JobWatch {
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int BAR = 30;

    /// Looks before a job that no node has shown yet counts as gone.
    private static final int UNKNOWN_MAX = 15;

    private JobWatch() {}

    /// Waits for the end of a job.
    ///
    /// @return the exit code: 0 if all was done
    static int await(AdminApi api, long number, PrintWriter out) {
        String shown = "";
        int unknown = 0;
        while (true) {
            Optional<JsonNode> job = find(api.cluster(), number);
            if (job.isEmpty()) {
                // The node that is asked may hear of a new job a little later than the one that took it.
                if (++unknown > UNKNOWN_MAX || !shown.isEmpty()) {
                    throw CommandFailed.failed("the cluster does not know job " + number + " any more.");
                }
                pause();
                continue;
            }
            String line = line(job.get());
            if (!line.equals(shown)) {
                out.print(Screen.isInteractive() ? "\r\u001b[K" + line : line + "\n");
                out.flush();
                shown = line;
            }
            if (job.get().path("endedMillis").asLong() > 0) {
                if (Screen.isInteractive()) {
                    out.println();
                }
                return job.get().path("state").asText().equals("done") ? 0 : CommandFailed.FAILED;
            }
            pause();
        }
    }

    static Optional<JsonNode> find(JsonNode cluster, long number) {
        for (JsonNode job : cluster.path("jobs")) {
            if (job.path("number").asLong() == number) {
                return Optional.of(job);
            }
        }
        return Optional.empty();
    }

    /// One line: a bar, and what is under way or why it waits.
    static String line(JsonNode job) {
        int all = job.path("moves").size();
        int ended = job.path("ended").asInt();
        int filled = all == 0 ? BAR : BAR * ended / all;
        StringBuilder line = new StringBuilder("job ")
                .append(job.path("number").asLong())
                .append(' ')
                .append(job.path("kind").asText())
                .append(" [")
                .append("#".repeat(filled))
                .append(".".repeat(BAR - filled))
                .append("] ")
                .append(ended)
                .append('/')
                .append(all)
                .append(' ')
                .append(job.path("state").asText());
        for (JsonNode move : job.path("moves")) {
            String step = move.path("step").asText();
            if (!step.equals("waiting") && !step.equals("done") && !step.equals("undone")) {
                line.append("; ")
                        .append(move.path("group").asText())
                        .append(' ')
                        .append(step);
                String note = move.path("note").asText("");
                if (!note.isEmpty()) {
                    line.append(" (").append(Screen.safe(note)).append(')');
                }
            }
        }
        return line.toString();
    }

    private static void pause() {
        try {
            var _ = new CountDownLatch(1).await(EVERY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.failed("interrupted; the job goes on by itself.");
        }
    }
}
