package dev.parley.node.backup;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/// What a person sees of long work: a bar on a terminal, a line for each finished piece elsewhere, nothing for
/// programs.
final class Progress {
    private static final int BAR_WIDTH = 24;
    private static final long REDRAW_NANOS = 100_000_000;
    private static final double MB = 1 << 20;

    private final PrintWriter out;
    private final Style style;
    private String what = "";
    private long total;
    private long done;
    private long drawnNanos;

    enum Style {
        BAR,
        LINES,
        SILENT
    }

    Progress(PrintWriter out, Style style) {
        this.out = out;
        this.style = style;
    }

    /// A bar if the output goes to a terminal.
    static Progress on(PrintWriter out, boolean silent) {
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return new Progress(out, silent ? Style.SILENT : terminal ? Style.BAR : Style.LINES);
    }

    void begin(String name, long totalBytes) {
        what = name;
        total = totalBytes;
        done = 0;
        draw();
    }

    void advance(long bytes) {
        done += bytes;
        if (style == Style.BAR && System.nanoTime() - drawnNanos > REDRAW_NANOS) {
            draw();
        }
    }

    /// Ends the piece with a line that stays.
    void end(String line) {
        if (style == Style.BAR) {
            out.print("\r\u001b[K");
        }
        say(line);
    }

    void say(String line) {
        if (style != Style.SILENT) {
            out.println(line);
            out.flush();
        }
    }

    private void draw() {
        drawnNanos = System.nanoTime();
        if (style == Style.BAR) {
            int full = total == 0 ? BAR_WIDTH : (int) (BAR_WIDTH * Math.min(done, total) / total);
            out.print("\r%s [%s%s] %s of %s\u001b[K"
                    .formatted(what, "#".repeat(full), ".".repeat(BAR_WIDTH - full), size(done), size(total)));
            out.flush();
        }
    }

    /// Bytes for a person.
    static String size(long bytes) {
        return bytes < 1 << 20 ? (bytes + 1023) / 1024 + " KB" : String.format(Locale.ROOT, "%.1f MB", bytes / MB);
    }
}
