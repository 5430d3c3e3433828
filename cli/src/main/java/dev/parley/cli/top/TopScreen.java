package dev.parley.cli.top;

import dev.parley.cli.CommandFailed;
import dev.parley.cli.Screen;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.NonBlockingReader;

/// The live view: draws over the screen's other page until `q` or Ctrl-C. Used by one thread.
final class TopScreen {
    private static final String ENTER = "\u001b[?1049h\u001b[?25l";
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";

    /// Lines that are none of groups: title, headers, gaps, the count of the rest.
    private static final int OTHER_LINES = 6;

    private static final int LINES_MIN = 1;
    private static final long POLL_MILLIS = 100;

    private final Terminal terminal;
    private final Duration every;
    private final Supplier<Map<String, NodeSample>> samples;
    private final AtomicBoolean interrupted = new AtomicBoolean();

    TopScreen(Terminal terminal, Duration every, Supplier<Map<String, NodeSample>> samples) {
        this.terminal = terminal;
        this.every = every;
        this.samples = samples;
    }

    /// Draws until it is told to end.
    void run(Map<String, NodeSample> first) throws IOException {
        terminal.handle(Terminal.Signal.INT, _ -> interrupted.set(true));
        Attributes before = terminal.enterRawMode();
        terminal.writer().print(ENTER);
        try {
            draw(List.of("parley top: looking …"));
            Map<String, NodeSample> last = first;
            while (!isEnded()) {
                last = step(last);
            }
        } finally {
            terminal.writer().print(LEAVE);
            terminal.writer().flush();
            terminal.setAttributes(before);
        }
    }

    /// Shows what happened since the last samples; a cluster that does not answer at all may come back.
    private Map<String, NodeSample> step(Map<String, NodeSample> last) {
        try {
            Map<String, NodeSample> now = samples.get();
            TopView view = TopView.between(last, now);
            List<String> lines = new ArrayList<>();
            lines.add("parley top: cluster %s, each %d s, q ends".formatted(view.cluster(), every.toSeconds()));
            lines.add("");
            int nodes = view.nodes().size() + view.silent().size();
            lines.addAll(view.lines(Math.max(LINES_MIN, height() - nodes - OTHER_LINES)));
            draw(lines);
            return now;
        } catch (CommandFailed e) {
            draw(List.of("parley top: " + Screen.safe(e.sentence()), "", "It goes on looking; q ends."));
            return last;
        }
    }

    private int height() {
        return terminal.getHeight() > 0 ? terminal.getHeight() : Integer.MAX_VALUE;
    }

    private void draw(List<String> lines) {
        int width = terminal.getWidth() > 0 ? terminal.getWidth() : Integer.MAX_VALUE;
        StringBuilder screen = new StringBuilder(HOME);
        lines.stream()
                .limit(height() - 1L)
                .forEach(line ->
                        screen.append(fitted(line, width)).append(REST_OF_LINE).append("\r\n"));
        terminal.writer().print(screen.append(REST_OF_SCREEN));
        terminal.writer().flush();
    }

    private static String fitted(String line, int width) {
        AttributedString text = AttributedString.fromAnsi(line);
        return text.columnLength() <= width
                ? line
                : text.columnSubSequence(0, width).toAnsi();
    }

    /// Waits for the next look, and for a key meanwhile.
    private boolean isEnded() throws IOException {
        long end = System.nanoTime() + every.toNanos();
        while (System.nanoTime() < end && !interrupted.get()) {
            int key = terminal.reader().read(POLL_MILLIS);
            if (key == 'q' || key == 'Q' || key == NonBlockingReader.EOF) {
                return true;
            }
        }
        return interrupted.get();
    }
}
