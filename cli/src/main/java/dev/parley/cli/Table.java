package dev.parley.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Rows under a header, aligned by the widest cell; numbers to the right.
public final class Table {

    private static final String GAP = "  ";

    /// A number as it is shown, or the dash for none.
    private static final Pattern NUMBER = Pattern.compile("-|[0-9][0-9,]*(\\.[0-9]+)?");

    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... header) {
        this.header = List.of(header);
    }

    public Table row(String... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException("a row needs " + header.size() + " cells, not " + cells.length);
        }
        rows.add(List.of(cells));
        return this;
    }

    public void print(PrintWriter out) {
        List<List<String>> all = new ArrayList<>();
        all.add(header);
        all.addAll(rows);
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                line.append(column == 0 ? "" : GAP).append(aligned(row.get(column), column));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private String aligned(String cell, int column) {
        int width = header.get(column).length();
        boolean numbers = !rows.isEmpty();
        for (List<String> row : rows) {
            width = Math.max(width, row.get(column).length());
            numbers &= isNumber(row.get(column));
        }
        String padding = " ".repeat(width - cell.length());
        return numbers ? padding + cell : cell + padding;
    }

    private static boolean isNumber(String cell) {
        return NUMBER.matcher(cell).matches();
    }
}
