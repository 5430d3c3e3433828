package dev.parley.node.tables;

import dev.parley.chat.DeadLetter;
import dev.parley.chat.view.MembershipProgress;

/// The numbers that a partition counts with, alike on every replica.
///
/// @param nextDelivery number of the next delivery, dense from 1
/// @param firstDelivery number of the oldest delivery whose row is kept; `nextDelivery` if there is none
/// @param membership where the users' lists stand with members
/// @param outboxNoted every delivery up to this number is noted in the users' lists
/// @param pushNoted every delivery up to this number needs no push any more
public record Counters(
        long nextDelivery,
        long firstDelivery,
        MembershipProgress membership,
        long outboxNoted,
        long pushNoted,
        DeadLetter.Counts deadLetters) {

    /// Of a partition where nothing happened yet.
    public static final Counters START = new Counters(1, 1, new MembershipProgress(0, 0), 0, 0, DeadLetter.Counts.NONE);

    Counters withDelivery() {
        return new Counters(nextDelivery + 1, firstDelivery, membership, outboxNoted, pushNoted, deadLetters);
    }

    Counters withFirstDelivery(long first) {
        return new Counters(nextDelivery, first, membership, outboxNoted, pushNoted, deadLetters);
    }

    Counters withMembershipChange() {
        return withMembership(new MembershipProgress(membership.notedThrough(), membership.last() + 1));
    }

    Counters withNotedThrough(long number) {
        return withMembership(new MembershipProgress(number, membership.last()));
    }

    Counters withOutboxNoted(long number) {
        return new Counters(nextDelivery, firstDelivery, membership, number, pushNoted, deadLetters);
    }

    Counters withPushNoted(long number) {
        return new Counters(nextDelivery, firstDelivery, membership, outboxNoted, number, deadLetters);
    }

    Counters withDeadLetters(DeadLetter.Counts counts) {
        return new Counters(nextDelivery, firstDelivery, membership, outboxNoted, pushNoted, counts);
    }

    private Counters withMembership(MembershipProgress progress) {
        return new Counters(nextDelivery, firstDelivery, progress, outboxNoted, pushNoted, deadLetters);
    }
}
