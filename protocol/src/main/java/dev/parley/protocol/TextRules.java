package dev.parley.protocol;

/// How texts and ids are measured, alike for clients and nodes.
public final class TextRules {
    /// What [#utf8Length] says of a text that holds half a surrogate pair: UTF-8 has no bytes for it.
    public static final int NOT_UNICODE = -1;

    /// Bytes that the text takes in UTF-8, or [#NOT_UNICODE].
    public static int utf8Length(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                continue;
            }
            if (c < 0x800) {
                bytes += 1;
            } else if (!Character.isSurrogate(c)) {
                bytes += 2;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 2;
                i++;
            } else {
                return NOT_UNICODE;
            }
        }
        return bytes;
    }

    /// Whether this can be an id: 1 to `lengthMax` characters of Unicode, none of them a space or a control character.
    /// So an id stays one word in a URL, a key and a line of a log.
    public static boolean isId(String id, int lengthMax) {
        return !id.isEmpty()
                && id.length() <= lengthMax
                && utf8Length(id) != NOT_UNICODE
                && id.chars().noneMatch(TextRules::breaksWord);
    }

    private static boolean breaksWord(int c) {
        return Character.isISOControl(c) || Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /// The text with U+FFFD for each half surrogate pair: for words of ours that quote what a client sent.
    public static String wellFormed(String text) {
        if (utf8Length(text) != NOT_UNICODE) {
            return text;
        }
        StringBuilder repaired = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(repaired::appendCodePoint);
        return repaired.toString();
    }

    private TextRules() {}
}
