package dev.parley.jepsen.report;

/// What texts need to stand in a page.
final class Html {

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private Html() {}
}
