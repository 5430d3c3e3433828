package dev.parley.node.push.lane;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.PushTarget;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.RecordBody;
import dev.parley.chat.view.DeviceTarget;
import dev.parley.chat.view.PushState;
import dev.parley.node.gate.GateException;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.push.BackOff;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushDesk;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.PushNotice;
import dev.parley.node.push.PushResult;
import dev.parley.node.push.WebPushKeys;
import dev.parley.node.tables.PushFacts;
import dev.parley.node.wire.Answers;
import dev.parley.raftstorage.ReadOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One user, one conversation, one provider: waits a little, looks whether a push is due, and tries until the
/// provider
/// has taken it, or said no, or the tries are used up. What is due is looked at anew before each try, so that
/// what was
/// read meanwhile is not pushed. On a virtual thread of its own, which sleeps between tries.
final class PushTask implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(PushTask.class);

    /// How long to wait for a new leader to hear who is here.
    private static final Duration UNKNOWN_PAUSE = Duration.ofSeconds(5);

    private final PushItem item;
    private final Parts parts;
    private final BackOff backOff = new BackOff(ThreadLocalRandom.current());

    /// Entries of the queue; guarded by the lane's lock.
    private final List<Long> covered = new ArrayList<>();

    /// How many of them had come when the task looked last; guarded by the lane's lock.
    private int seen;

    private final PushProgress progress = new PushProgress();

    /// What the tasks of a lane share.
    ///
    /// @param begun told before the task looks at the tables
    /// @param done told when nothing is left to do; false if more came since the task looked last
    /// @param abandoned told of the user's partition, before `done`, when the task ends without having
    ///     dealt with its
    ///     item: the outbox still has it
    /// @param turns tasks that look and send at once: as many as the provider may have pushes under way, so
    ///     that the
    ///     others wait for it, in order, instead of asking it again and again
    /// @param stopping zero when the lane stops
    record Parts(
            ProviderKind kind,
            PushParts node,
            PushDesk desk,
            PushLane.Limits limits,
            Predicate<PushTask> done,
            Consumer<PushTask> begun,
            IntConsumer abandoned,
            Semaphore turns,
            CountDownLatch stopping) {}

    /// What one try has left.
    private sealed interface Left {
        record Nothing() implements Left {}

        /// @param after the least pause that was asked for
        /// @param failed whether the provider was asked and failed: then the pauses grow
        record Again(Optional<Duration> after, String reason, boolean failed) implements Left {}
    }

    /// What the tables say is due.
    private sealed interface Due {
        record Nothing() implements Due {}

        /// It cannot be said yet.
        record Unknown(Duration pause, String reason) implements Due {}

        /// @param head of the conversation's list entry that the notice covers
        record Push(PushNotice notice, PushProgress.Kind kind, long head) implements Due {}
    }

    PushTask(PushItem item, Parts parts) {
        this.item = item;
        this.parts = parts;
    }

    PushItem item() {
        return item;
    }

    void covers(long queueNumber) {
        covered.add(queueNumber);
    }

    void sawAll() {
        seen = covered.size();
    }

    boolean hasNews() {
        return seen < covered.size();
    }

    /// The entries that the task has dealt with now that its last look is settled; they are its own no longer.
    List<Long> takeSettled() {
        List<Long> settled = List.copyOf(covered.subList(0, seen));
        covered.subList(0, seen).clear();
        seen = 0;
        return settled;
    }

    @Override
    public void run() {
        try {
            do {
                if (stopped(parts.limits().gather())) {
                    return; // the next leader does it
                }
                tryUntilSettled();
                if (parts.stopping().getCount() == 0) {
                    return;
                }
            } while (!parts.done().test(this));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void tryUntilSettled() throws InterruptedException {
        long began = System.nanoTime();
        int failures = 0;
        for (int tries = 1; parts.node().leads(item.partition()); tries++) {
            Left left;
            try {
                left = attempt();
            } catch (GateException | IllegalStateException e) {
                left = new Left.Again(Optional.empty(), String.valueOf(e.getMessage()), false);
            } catch (RuntimeException e) {
                LOG.error("push failed: provider={} user={}", parts.kind().wire(), item.userId(), e);
                giveUp(tries, "failed: " + e);
                return;
            }
            switch (left) {
                case Left.Nothing _ -> {
                    return;
                }
                case Left.Again(Optional<Duration> after, String reason, boolean failed) -> {
                    if (parts.limits().isEnough(tries, Duration.ofNanos(System.nanoTime() - began))) {
                        giveUp(tries, reason);
                        return;
                    }
                    failures += failed ? 1 : 0;
                    LOG.debug(
                            "push tried again: provider={} tries={} reason={}",
                            parts.kind().wire(),
                            tries,
                            reason);
                    if (stopped(backOff.nextDelay(failed ? failures : 1, after))) {
                        return;
                    }
                }
            }
        }
        parts.begun().accept(this); // the outbox has what came meanwhile, too
        abandon("not led here any more");
    }

    private void abandon(String reason) {
        LOG.info("push left to the outbox: user={} reason={}", item.userId(), reason);
        parts.abandoned().accept(item.partition());
    }

    /// Waits.
    ///
    /// @return true if the lane stops instead
    private boolean stopped(Duration wait) throws InterruptedException {
        return parts.stopping().await(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Left attempt() throws InterruptedException {
        parts.turns().acquire();
        try {
            parts.begun().accept(this);
            return look();
        } finally {
            parts.turns().release();
        }
    }

    private Left look() {
        PushFacts facts = facts();
        List<DeviceTarget> targets = facts.targets().stream()
                .filter(target -> !progress.isClosed(target.deviceId()))
                .filter(this::concerns)
                .toList();
        return switch (targets.isEmpty() ? new Due.Nothing() : due(facts)) {
            case Due.Nothing _ -> noteOwed();
            case Due.Unknown(Duration pause, String reason) -> new Left.Again(Optional.of(pause), reason, false);
            case Due.Push push -> {
                List<DeviceTarget> behind = targets.stream()
                        .filter(target -> progress.needs(target.deviceId(), push.kind(), push.head()))
                        .toList();
                Left left = send(behind, push);
                yield left instanceof Left.Nothing ? noteOwed() : left;
            }
        };
    }

    private Due due(PushFacts facts) {
        long head = facts.listed().progress().headSeq();
        long pushedSeq = facts.pushed().map(PushState::seq).orElse(0L);
        if (facts.listed().unread() == 0) {
            return pushedSeq == 0 && !progress.shows()
                    ? new Due.Nothing()
                    : new Due.Push(badgeOnly(facts), PushProgress.Kind.CLEAR, head);
        }
        boolean known =
                pushedSeq >= head && !progress.anyAccepted() && item.deviceId().isEmpty();
        if (known || facts.listed().mute().muted()) {
            return new Due.Nothing();
        }
        Optional<Boolean> live = parts.node().live().isLive(item.userId());
        if (live.isEmpty()) {
            return new Due.Unknown(UNKNOWN_PAUSE, "it is not known yet whether the user is here");
        }
        if (live.get()) {
            return new Due.Nothing(); // should the session prove dead, its lapse brings this up again
        }
        boolean quiet = facts.settings()
                .quietHours()
                .filter(hours -> Quiet.at(hours, parts.node().clock().instant()))
                .isPresent();
        if (quiet) {
            return new Due.Push(badgeOnly(facts), PushProgress.Kind.QUIET, head);
        }
        return notice(facts)
                .<Due>map(notice -> new Due.Push(notice, PushProgress.Kind.ALERT, head))
                .orElseGet(Due.Nothing::new);
    }

    private PushNotice badgeOnly(PushFacts facts) {
        return new PushNotice.BadgeUpdate(item.userId(), item.conversationId(), badge(facts));
    }

    private PushFacts facts() {
        CompletableFuture<ReadOutcome<PushFacts>> reading = parts.node()
                .groups()
                .readStale(
                        Partitioning.group(item.partition()),
                        tables -> PushFacts.of(
                                tables,
                                item.userId(),
                                item.conversationId(),
                                parts.kind().wire()));
        return switch (Answers.await(reading)) {
            case ReadOutcome.Done<PushFacts>(PushFacts facts) -> facts;
            case ReadOutcome.NotLeader<PushFacts> _ -> throw new IllegalStateException("no replica of the user here");
            case ReadOutcome.Unavailable<PushFacts>(String reason) -> throw new IllegalStateException(reason);
        };
    }

    /// What the conversation itself says, which is newer than the list; empty if there is nothing to read any
    /// more.
    private Optional<PushNotice> notice(PushFacts facts) {
        QueryAnswer answer = Answers.await(
                parts.node().gate().ask(new ChatQuery.Summaries(List.of(item.conversationId()), item.userId())));
        if (!(answer instanceof QueryAnswer.SummaryList(List<QueryAnswer.Summary> found)) || found.isEmpty()) {
            return Optional.empty();
        }
        QueryAnswer.Summary summary = found.getFirst();
        if (summary.unread() == 0 || summary.muted()) {
            return Optional.empty();
        }
        PushNotice.NewMessages messages = new PushNotice.NewMessages(
                item.userId(),
                item.conversationId(),
                summary.title().or(summary::otherId).orElse(item.conversationId()),
                summary.lastMessage().map(message -> switch (message.body()) {
                    case RecordBody.Text(String text) -> text;
                    case RecordBody.MembershipChange _ -> "";
                }),
                Math.toIntExact(Math.min(summary.unread(), Integer.MAX_VALUE)),
                badge(facts),
                facts.listed().progress().mentionSeq() > summary.readSeq());
        return Optional.of(facts.settings().pushPreview() ? messages : messages.withoutPreview());
    }

    /// Sends to all targets at once; deals with their answers when all are there, for dealing with one may
    /// fail.
    private Left send(List<DeviceTarget> targets, Due.Push push) {
        Map<DeviceTarget, CompletableFuture<PushResult>> sending = new LinkedHashMap<>();
        targets.forEach(target -> sending.put(target, parts.desk().send(endpoint(target.target()), push.notice())));
        Map<DeviceTarget, PushResult> results = new LinkedHashMap<>();
        sending.forEach((target, result) -> results.put(target, Answers.await(result)));
        results.forEach((target, result) -> {
            if (result instanceof PushResult.Accepted(String detail)) {
                progress.accepted(target.deviceId(), push.kind(), push.head(), detail);
            }
        });
        Left left = new Left.Nothing();
        for (Map.Entry<DeviceTarget, PushResult> each : results.entrySet()) {
            left = later(left, settle(each.getKey(), each.getValue(), push.head()));
        }
        return left;
    }

    private Left settle(DeviceTarget target, PushResult result, long head) {
        return switch (result) {
            case PushResult.Accepted _ -> new Left.Nothing();
            case PushResult.Gone _ -> {
                remove(target);
                progress.close(target.deviceId());
                yield new Left.Nothing();
            }
            case PushResult.Rejected(String detail) -> {
                deadLetter(target.deviceId(), head, 1, detail);
                progress.close(target.deviceId());
                yield new Left.Nothing();
            }
            case PushResult.Retry(Optional<Duration> after, String detail) -> new Left.Again(after, detail, true);
            case PushResult.Busy(Duration pause, String detail) -> new Left.Again(Optional.of(pause), detail, false);
        };
    }

    /// The longer of two pauses; a failure counts more than having to wait.
    private static Left later(Left one, Left other) {
        if (!(one instanceof Left.Again(var after, var reason, boolean failed))) {
            return other;
        }
        if (!(other instanceof Left.Again(var otherAfter, var otherReason, boolean otherFailed))) {
            return one;
        }
        boolean otherIsLonger = otherAfter.orElse(Duration.ZERO).compareTo(after.orElse(Duration.ZERO)) > 0;
        return new Left.Again(
                otherIsLonger ? otherAfter : after, otherFailed ? otherReason : reason, failed || otherFailed);
    }

    /// Tells the tables what was pushed. A push to one device only, retried by hand, says nothing of the
    /// others.
    private Left noteOwed() {
        Optional<PushProgress.Owed> owed = item.deviceId().isEmpty() ? progress.owed() : Optional.empty();
        owed.ifPresent(pushed -> note(pushed.seq(), pushed.outcome()));
        progress.noted();
        return new Left.Nothing();
    }

    private void note(long seq, String outcome) {
        ChatAnswer answer = Answers.await(parts.node()
                .gate()
                .submit(new ChatCommand.NotePushes(
                        item.partition(),
                        0,
                        List.of(new ChatCommand.Pushed(
                                item.userId(),
                                item.conversationId(),
                                parts.kind().wire(),
                                seq,
                                outcome)))));
        if (!(answer instanceof ChatAnswer.Done)) {
            LOG.warn("push not noted: user={} conversation={} answer={}", item.userId(), item.conversationId(), answer);
        }
    }

    private void remove(DeviceTarget target) {
        LOG.info(
                "push target removed: provider={} user={} device={} reason=gone",
                parts.kind().wire(),
                item.userId(),
                target.deviceId());
        ChatAnswer _ = Answers.await(parts.node()
                .gate()
                .submit(new ChatCommand.RemovePushTarget(
                        item.userId(),
                        target.deviceId(),
                        parts.kind().wire(),
                        Optional.of(target.target().token()))));
    }

    private boolean concerns(DeviceTarget target) {
        return item.deviceId().isEmpty() || item.deviceId().equals(target.deviceId());
    }

    private void giveUp(int tries, String reason) {
        PushFacts facts;
        try {
            facts = facts();
        } catch (GateException | IllegalStateException e) {
            LOG.warn("tables not read: user={}", item.userId(), e);
            abandon("it cannot be said for which devices it was given up");
            return;
        }
        long head = facts.listed().progress().headSeq();
        for (DeviceTarget target : facts.targets()) {
            if (!progress.isClosed(target.deviceId())
                    && concerns(target)
                    && progress.needs(target.deviceId(), PushProgress.Kind.ALERT, head)) {
                deadLetter(target.deviceId(), head, tries, reason);
            }
        }
        try {
            noteOwed();
        } catch (GateException e) {
            LOG.warn("push not noted: user={} conversation={}", item.userId(), item.conversationId(), e);
            abandon("what was pushed could not be noted");
        }
    }

    private void deadLetter(String deviceId, long seq, int tries, String reason) {
        LOG.warn(
                "push given up: provider={} user={} conversation={} device={} tries={} reason={}",
                parts.kind().wire(),
                item.userId(),
                item.conversationId(),
                deviceId,
                tries,
                reason);
        DeadLetter letter = new DeadLetter(
                new DeadLetter.Push(
                        item.userId(),
                        item.conversationId(),
                        deviceId,
                        parts.kind().wire(),
                        seq),
                reason,
                tries,
                parts.node().clock().millis());
        try {
            ChatAnswer answer =
                    Answers.await(parts.node().gate().submit(new ChatCommand.AddDeadLetter(item.partition(), letter)));
            if (!(answer instanceof ChatAnswer.Done)) {
                LOG.error("dead letter refused: user={} device={} answer={}", item.userId(), deviceId, answer);
            }
        } catch (GateException e) {
            LOG.warn("dead letter not written: user={} device={}", item.userId(), deviceId, e);
            abandon("its dead letter could not be written");
        }
    }

    private static int badge(PushFacts facts) {
        return (int) Math.min(facts.badge(), Integer.MAX_VALUE);
    }

    private static PushEndpoint endpoint(PushTarget target) {
        ProviderKind kind = ProviderKind.ofWire(target.provider())
                .orElseThrow(() -> new IllegalStateException("no provider is named " + target.provider()));
        return new PushEndpoint(
                kind, target.token(), target.keys().map(keys -> new WebPushKeys(keys.p256dh(), keys.auth())));
    }
}
