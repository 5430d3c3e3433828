package dev.parley.node.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PushDeskTest {
    private static final PushNotice NOTICE =
            new PushNotice.NewMessages("alice", "c_x", "Bob", Optional.of("secret plans"), 1, 3, false);
    private static final PushResult ACCEPTED = new PushResult.Accepted("ok");

    private final HeldProvider apns = new HeldProvider(ProviderKind.APNS);
    private final HeldProvider fcm = new HeldProvider(ProviderKind.FCM);
    private final List<PushResult> heard = new CopyOnWriteArrayList<>();

    @Test
    void a_kind_that_is_not_configured_is_rejected_by_name() {
        assertThat(desk(Duration.ofMinutes(5), true).send(endpoint(ProviderKind.WEBPUSH), NOTICE))
                .isCompletedWithValue(new PushResult.Rejected("webpush is not configured"));
        assertThat(heard).hasSize(1);
    }

    @Test
    void a_provider_at_its_bound_is_busy_and_the_other_is_not() {
        PushDesk desk = desk(Duration.ofMinutes(5), true);
        CompletableFuture<PushResult> first = desk.send(endpoint(ProviderKind.APNS), NOTICE);
        assertThat(desk.send(endpoint(ProviderKind.APNS), NOTICE)).isNotDone();

        assertThat(desk.send(endpoint(ProviderKind.APNS), NOTICE))
                .isCompletedWithValueMatching(result -> result instanceof PushResult.Busy);
        assertThat(apns.answers).hasSize(2);

        assertThat(desk.send(endpoint(ProviderKind.FCM), NOTICE)).isNotDone();
        apns.answers.getFirst().complete(ACCEPTED);
        assertThat(desk.send(endpoint(ProviderKind.APNS), NOTICE)).isNotDone();

        assertThat(first).isCompletedWithValue(ACCEPTED);
        assertThat(fcm.answers).hasSize(1);
        assertThat(apns.answers).hasSize(3);
    }

    @Test
    void a_provider_that_hangs_is_answered_for_and_keeps_its_permits() throws Exception {
        PushDesk desk = desk(Duration.ofMillis(1), true);

        PushResult first = desk.send(endpoint(ProviderKind.APNS), NOTICE).get(1, TimeUnit.MINUTES);
        PushResult second = desk.send(endpoint(ProviderKind.APNS), NOTICE).get(1, TimeUnit.MINUTES);
        PushResult third = desk.send(endpoint(ProviderKind.APNS), NOTICE).get(1, TimeUnit.MINUTES);

        assertThat(List.of(first.detail(), second.detail(), third.detail()))
                .containsExactly("apns did not answer in time", "apns did not answer in time", "apns is busy");
    }

    @Test
    void a_provider_that_throws_or_fails_is_answered_for_and_its_permit_comes_back() {
        PushDesk desk = new PushDesk(
                List.of(
                        new PushDesk.Bounded(new BrokenProvider(ProviderKind.APNS, true), 1),
                        new PushDesk.Bounded(new BrokenProvider(ProviderKind.FCM, false), 1)),
                Duration.ofMinutes(5),
                true,
                (kind, result, took) -> heard.add(result));

        for (int i = 0; i < 3; i++) {
            assertThat(desk.send(endpoint(ProviderKind.APNS), NOTICE))
                    .isCompletedWithValue(PushResult.Retry.later("apns failed"));
            assertThat(desk.send(endpoint(ProviderKind.FCM), NOTICE))
                    .isCompletedWithValue(PushResult.Retry.later("fcm failed"));
        }
        assertThat(heard).hasSize(6);
    }

    @Test
    void previews_are_shown_to_providers_only_where_that_is_allowed() {
        assertThat(desk(Duration.ofMinutes(5), true).send(endpoint(ProviderKind.APNS), NOTICE))
                .isNotDone();
        assertThat(desk(Duration.ofMinutes(5), false).send(endpoint(ProviderKind.APNS), NOTICE))
                .isNotDone();

        assertThat(apns.notices.getFirst().toString()).contains("secret plans");
        assertThat(apns.notices.getLast().toString()).contains("Bob").doesNotContain("secret plans");
    }

    private PushDesk desk(Duration timeout, boolean previews) {
        return new PushDesk(
                List.of(new PushDesk.Bounded(apns, 2), new PushDesk.Bounded(fcm, 2)),
                timeout,
                previews,
                (kind, result, took) -> heard.add(result));
    }

    private static PushEndpoint endpoint(ProviderKind kind) {
        return new PushEndpoint(kind, "token", Optional.empty());
    }

    /// Answers when the test says so.
    private static final class HeldProvider implements PushProvider {
        private final ProviderKind kind;
        private final List<CompletableFuture<PushResult>> answers = new CopyOnWriteArrayList<>();
        private final List<PushNotice> notices = new CopyOnWriteArrayList<>();

        HeldProvider(ProviderKind kind) {
            this.kind = kind;
        }

        @Override
        public ProviderKind kind() {
            return kind;
        }

        @Override
        public CompletableFuture<PushResult> send(PushEndpoint endpoint, PushNotice notice) {
            CompletableFuture<PushResult> answer = new CompletableFuture<>();
            notices.add(notice);
            answers.add(answer);
            return answer;
        }

        @Override
        public void close() {}
    }

    /// Breaks the contract, in both ways.
    private record BrokenProvider(ProviderKind kind, boolean throwing) implements PushProvider {

        @Override
        public CompletableFuture<PushResult> send(PushEndpoint endpoint, PushNotice notice) {
            if (throwing) {
                throw new IllegalStateException("broken");
            }
            return CompletableFuture.failedFuture(new IllegalStateException("broken"));
        }

        @Override
        public void close() {}
    }
}
