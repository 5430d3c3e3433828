package dev.parley.cli.bench;

import dev.parley.cli.CommandFailed;
import dev.parley.client.ParleyException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Reads every conversation of a run back over REST and checks it.
final class HistoryCheck {

    private static final int PARALLEL_MAX = 8;

    private HistoryCheck() {}

    static Findings check(List<Room> rooms, Bodies bodies) throws InterruptedException {
        Semaphore places = new Semaphore(PARALLEL_MAX);
        Findings all = Findings.NONE;
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Findings>> checking = rooms.stream()
                    .map(room -> readers.submit(() -> {
                        places.acquire();
                        try {
                            return check(room, bodies);
                        } finally {
                            places.release();
                        }
                    }))
                    .toList();
            for (Future<Findings> one : checking) {
                all = all.plus(one.get());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ParleyException failed) {
                throw CommandFailed.failed("cannot read the history back: " + failed.getMessage() + ".");
            }
            throw new IllegalStateException("cannot check the history", e);
        }
        return all;
    }

    private static Findings check(Room room, Bodies bodies) {
        List<RoomCheck.AuthorLog> authors = room.authors().stream()
                .map(author -> new RoomCheck.AuthorLog(author.number(), author.place(), author.log()))
                .toList();
        RoomCheck check = new RoomCheck(room.number(), bodies, authors);
        room.historyReader().readAll(room.conversationId(), check::history);
        return check.judge(room.receivers());
    }
}
