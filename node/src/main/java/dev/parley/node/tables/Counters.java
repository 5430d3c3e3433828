package dev.parley.node.tables;

import dev.parley.chat.view.MembershipProgress;

/// The numbers that a partition counts with, alike on every replica.
///
/// @param nextDelivery number of the next delivery, dense from 1
/// @param firstDelivery number of the oldest delivery whose row is kept; `nextDelivery` if there is none
/// @param membership where the users' lists stand
public record Counters(long nextDelivery, long firstDelivery, MembershipProgress membership) {

    /// Of a partition where nothing happened yet.
    public static final Counters START = new Counters(1, 1, new MembershipProgress(0, 0));

    Counters withDelivery() {
        return new Counters(nextDelivery + 1, firstDelivery, membership);
    }

    Counters withFirstDelivery(long first) {
        return new Counters(nextDelivery, first, membership);
    }

    Counters withMembershipChange() {
        return new Counters(
                nextDelivery, firstDelivery, new MembershipProgress(membership.notedThrough(), membership.last() + 1));
    }

    Counters withNotedThrough(long number) {
        return new Counters(nextDelivery, firstDelivery, new MembershipProgress(number, membership.last()));
    }
}
