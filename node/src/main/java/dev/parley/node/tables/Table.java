package dev.parley.node.tables;

import dev.parley.raftstorage.table.Family;

/// All tables of a partition. Each comment says `key parts -> value` and the question that the table answers.
///
/// The number is the first byte of every key and never changes; the number of a retired table is not used
/// again. Text
/// parts are UTF-8 and all but the last end with a zero byte; numbers are 8 bytes, big end first. Values are
/// the rows
/// of `tables.proto` unless said otherwise.
enum Table {
    /// conversation, seq -> RecordRow. What was said, in order?
    RECORD(Family.LOG, 1),

    /// conversation -> ConversationRow. Is there such a conversation, and where does its log end?
    CONVERSATION(Family.STATE, 1),

    /// conversation, user -> MemberRow. Is the user a member, as what, and how far has it read?
    MEMBER(Family.STATE, 2),

    /// conversation, sender, clientMessageId -> PostedRow. Was this posted before, and what was the answer?
    POSTED(Family.STATE, 3),

    /// conversation, blocker -> nothing. Has this side of the direct conversation blocked the other?
    DIRECT_BLOCK(Family.STATE, 4),

    /// user -> AccountRow. Was the user ever here?
    ACCOUNT(Family.STATE, 16),

    /// user, device -> DeviceRow. Is the device known, of which generation, and revoked?
    DEVICE(Family.STATE, 17),

    /// user -> InboxRow. Did the user's list change since?
    INBOX(Family.STATE, 18),

    /// user, conversation -> ListedConversationRow. Which conversations is the user in?
    LISTED_CONVERSATION(Family.STATE, 19),

    /// user, blocked user -> nothing. Whom has the user blocked?
    USER_BLOCK(Family.STATE, 20),

    /// user, version -> InboxChangeRow. What changed in the user's list, in order?
    INBOX_CHANGE(Family.STATE, 21),

    /// user, activity time, conversation -> nothing. Which of the user's conversations were active last?
    INBOX_ORDER(Family.STATE, 22),

    /// user, device, provider -> PushTargetRow. Where do pushes for the user's devices go?
    PUSH_TARGET(Family.STATE, 23),

    /// user, conversation, provider -> PushedRow. What was the user pushed, and not taken back?
    PUSHED(Family.STATE, 24),

    /// (one row) -> CountersRow. Which numbers come next, and what may be forgotten?
    COUNTERS(Family.STATE, 32),

    /// expiry time, delivery number -> key of a POSTED row. Which posts need not be remembered any longer?
    POSTED_EXPIRY(Family.QUEUE, 1),

    /// delivery number -> DeliveryRow. What was to be delivered lately?
    DELIVERY(Family.QUEUE, 2),

    /// membership change number -> MembershipChangeRow. Which users' lists may not know yet?
    MEMBERSHIP_CHANGE(Family.QUEUE, 3),

    /// dead letter number -> DeadLetterRow. Which work of the outbox was given up?
    DEAD_LETTER(Family.QUEUE, 4),

    /// both halves of the identity of a dead letter's content -> DeadLetterPlaceRow. Is there a letter about
    /// this
    /// work?
    DEAD_LETTER_PLACE(Family.QUEUE, 5);

    private final Family family;
    private final byte number;

    Table(Family family, int number) {
        this.family = family;
        this.number = (byte) number;
    }

    Family family() {
        return family;
    }

    byte number() {
        return number;
    }
}
