package dev.parley.chat.view;

/// All that rules and queries may read of one partition. Whoever holds a view cannot write.
public interface ChatView extends ConversationView, AccountView, DeadLetterView {

    /// How far the partition's membership changes are noted in the users' lists.
    MembershipProgress membershipProgress();

    /// How far the partition's deliveries are noted in the users' lists.
    OutboxProgress outboxProgress();

    /// How far the partition's deliveries are looked at for pushes.
    OutboxProgress pushProgress();
}
