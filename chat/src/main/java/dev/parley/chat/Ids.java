package dev.parley.chat;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Makes and recognises ids. All are deterministic: the same input gives the same id on every node, at any
/// time.
public final class Ids {
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final Pattern CONVERSATION = Pattern.compile("c_[a-z2-7]{26}");
    private static final Pattern MESSAGE = Pattern.compile("m_[0-7][0-9A-HJKMNP-TV-Z]{25}");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_.@-]{1," + ChatLimits.USER_ID_LENGTH_MAX + "}");

    /// 130 bits: no two conversations of the world meet by chance.
    private static final int CONVERSATION_CHARACTERS = 26;

    private static final int MESSAGE_CHARACTERS = 26;

    /// 2 bits of nothing and the 48 of the stamp.
    private static final int STAMP_CHARACTERS = 10;

    private static final int BITS_PER_CHARACTER = 5;
    private static final int INDEX_BITS = 20;
    private static final int TIME_BITS = 48;

    /// The id of the direct conversation of two users, whichever of them opens it.
    public static String direct(String userA, String userB) {
        boolean inOrder = userA.compareTo(userB) <= 0;
        return conversation(Fingerprint.digest("direct", inOrder ? userA : userB, inOrder ? userB : userA));
    }

    /// The id of the group that a creator opens under an id of its own choice.
    public static String group(String creatorId, String clientConversationId) {
        return conversation(Fingerprint.digest("group", creatorId, clientConversationId));
    }

    /// The id of a record: `m_` and 26 characters that sort by time, then by entry, then by position in the
    /// entry.
    ///
    /// @param stampMillis when the entry was proposed, milliseconds since 1970
    /// @param entropy random bits of the entry, which tell apart two entries of one millisecond
    /// @param indexInEntry position among the records of the entry, below 2^20
    public static String message(long stampMillis, long entropy, int indexInEntry) {
        if (stampMillis < 0 || stampMillis >>> TIME_BITS != 0) {
            throw new IllegalArgumentException("stamp does not fit 48 bits: " + stampMillis);
        }
        if (indexInEntry < 0 || indexInEntry >>> INDEX_BITS != 0) {
            throw new IllegalArgumentException("index does not fit 20 bits: " + indexInEntry);
        }
        long high = (stampMillis << 16) | (entropy >>> 48);
        long low = ((entropy << 16) & -(1L << INDEX_BITS)) | indexInEntry;
        char[] characters = new char[MESSAGE_CHARACTERS + 2];
        characters[0] = 'm';
        characters[1] = '_';
        for (int at = characters.length - 1; at > 1; at--) {
            characters[at] = CROCKFORD.charAt((int) low & 31);
            low = (low >>> BITS_PER_CHARACTER) | (high << (64 - BITS_PER_CHARACTER));
            high >>>= BITS_PER_CHARACTER;
        }
        return new String(characters);
    }

    /// The stamp that a record's id holds, milliseconds since 1970; empty if the text is no such id.
    public static OptionalLong messageMillis(String text) {
        if (!MESSAGE.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        // 26 characters hold 130 bits: the first two are always 0, and the stamp fills 48 of the others.
        long bits = 0;
        for (int character = 0; character < STAMP_CHARACTERS; character++) {
            bits = (bits << BITS_PER_CHARACTER) | CROCKFORD.indexOf(text.charAt(2 + character));
        }
        return OptionalLong.of(bits);
    }

    /// Whether the text could be a conversation's id; anything else names no conversation.
    public static boolean isConversation(String text) {
        return CONVERSATION.matcher(text).matches();
    }

    /// Whether the text may be a user's id: 1 to 64 of the characters `A-Z a-z 0-9 _ . @ -`.
    public static boolean isUser(String text) {
        return USER.matcher(text).matches();
    }

    private static String conversation(byte[] hash) {
        StringBuilder id = new StringBuilder("c_");
        for (int character = 0; character < CONVERSATION_CHARACTERS; character++) {
            int bit = character * BITS_PER_CHARACTER;
            int window = ((hash[bit / 8] & 0xFF) << 8) | (hash[bit / 8 + 1] & 0xFF);
            id.append(BASE32.charAt((window >>> (16 - BITS_PER_CHARACTER - bit % 8)) & 31));
        }
        return id.toString();
    }

    private Ids() {}
}
