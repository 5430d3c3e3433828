package dev.parley.jepsen.report;

import java.util.Locale;

/// Builds one SVG drawing.
final class Svg {

    private final StringBuilder out = new StringBuilder();

    Svg(int width, int height) {
        out.append("<svg viewBox=\"0 0 %d %d\" width=\"100%%\" role=\"img\">\n".formatted(width, height));
    }

    void rect(double x, double y, double width, double height, String style, String title) {
        out.append("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" class=\"%s\">%s</rect>\n"
                .formatted(at(x), at(y), at(Math.max(0, width)), at(Math.max(0, height)), style, title(title)));
    }

    void dot(double x, double y, double radius, String style) {
        out.append("<circle cx=\"%s\" cy=\"%s\" r=\"%s\" class=\"%s\"/>\n".formatted(at(x), at(y), at(radius), style));
    }

    void line(double x1, double y1, double x2, double y2, String style) {
        out.append("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>\n"
                .formatted(at(x1), at(y1), at(x2), at(y2), style));
    }

    /// @param anchor start, middle or end
    void text(double x, double y, String anchor, String style, String text) {
        out.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" class=\"%s\">%s</text>\n"
                .formatted(at(x), at(y), anchor, style, Html.escaped(text)));
    }

    String end() {
        return out.append("</svg>").toString();
    }

    private static String title(String title) {
        return title.isEmpty() ? "" : "<title>" + Html.escaped(title) + "</title>";
    }

    private static String at(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
