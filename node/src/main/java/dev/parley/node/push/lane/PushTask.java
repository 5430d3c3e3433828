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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
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

    /// Devices that the provider has answered for good.
    private final Set<String> settled = new HashSet<>();

    /// What the tasks of a lane share.
    ///
    /// @param begun told when the task looks at the tables: an entry that comes later is not covered
    /// @param done told when nothing is left to do
    /// @param abandoned told of the user's partition, before `done`, when the task ends without having
    ///     dealt with its
    ///     item: the outbox still has it
    /// @param stopping zero when the lane stops
    record Parts(
            ProviderKind kind,
            PushParts node,
            PushDesk desk,
            PushLane.Limits limits,
            Consumer<PushTask> done,
            Consumer<PushTask> begun,
            IntConsumer abandoned,
            CountDownLatch stopping) {}

    /// What one try has left.
    private sealed interface Left {
        record Nothing() implements Left {}

        /// @param after the least pause that the provider asked for
        record Again(Optional<Duration> after, String reason) implements Left {}
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

    List<Long> covered() {
        return covered;
    }

    @Override
    public void run() {
        try {
            if (stopped(parts.limits().gather())) {
                return; // the next leader does it
            }
            parts.begun().accept(this);
            tryUntilSettled();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return;
        }
        if (parts.stopping().getCount() > 0) {
            parts.done().accept(this);
        }
    }

    private void tryUntilSettled() throws InterruptedException {
        for (int tries = 1; parts.node().leads(item.partition()); tries++) {
            Left left;
            try {
                left = attempt();
            } catch (GateException | IllegalStateException e) {
                left = new Left.Again(Optional.empty(), String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                LOG.error("push failed: provider={} user={}", parts.kind().wire(), item.userId(), e);
                giveUp(tries, "failed: " + e);
                return;
            }
            switch (left) {
                case Left.Nothing _ -> {
                    return;
                }
                case Left.Again(Optional<Duration> after, String reason) -> {
                    if (tries >= parts.limits().triesMax()) {
                        giveUp(tries, reason);
                        return;
                    }
                    LOG.debug(
                            "push tried again: provider={} tries={} reason={}",
                            parts.kind().wire(),
                            tries,
                            reason);
                    if (stopped(backOff.nextDelay(tries, after))) {
                        return;
                    }
                }
            }
        }
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

    private Left attempt() {
        PushFacts facts = facts();
        List<DeviceTarget> targets = facts.targets().stream()
                .filter(target -> !settled.contains(target.deviceId()))
                .filter(this::concerns)
                .toList();
        if (targets.isEmpty()) {
            return new Left.Nothing();
        }
        long pushedSeq = facts.pushed().map(PushState::seq).orElse(0L);
        if (facts.listed().unread() == 0) {
            if (pushedSeq == 0) {
                return new Left.Nothing();
            }
            return send(targets, new PushNotice.BadgeUpdate(item.userId(), item.conversationId(), badge(facts)), 0);
        }
        boolean known = pushedSeq >= facts.listed().progress().headSeq()
                && settled.isEmpty()
                && item.deviceId().isEmpty();
        if (known || facts.listed().mute().muted()) {
            return new Left.Nothing();
        }
        Optional<Boolean> live = parts.node().live().isLive(item.userId());
        if (live.isEmpty()) {
            return new Left.Again(Optional.of(UNKNOWN_PAUSE), "it is not known yet whether the user is here");
        }
        if (live.get()) {
            return new Left.Nothing(); // should the session prove dead, its lapse brings this up again
        }
        Optional<PushNotice> notice = facts.settings()
                        .quietHours()
                        .filter(hours -> Quiet.at(hours, parts.node().clock().instant()))
                        .isPresent()
                ? Optional.of(new PushNotice.BadgeUpdate(item.userId(), item.conversationId(), badge(facts)))
                : notice(facts);
        return notice.isPresent()
                ? send(targets, notice.get(), facts.listed().progress().headSeq())
                : new Left.Nothing();
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

    /// Sends to all targets at once and deals with their answers.
    ///
    /// @param seq what is noted as pushed
    private Left send(List<DeviceTarget> targets, PushNotice notice, long seq) {
        Map<DeviceTarget, CompletableFuture<PushResult>> sending = new HashMap<>();
        targets.forEach(target -> sending.put(target, parts.desk().send(endpoint(target.target()), notice)));
        Left left = new Left.Nothing();
        String outcome = "";
        for (Map.Entry<DeviceTarget, CompletableFuture<PushResult>> each : sending.entrySet()) {
            DeviceTarget target = each.getKey();
            PushResult result = Answers.await(each.getValue());
            outcome = result.detail();
            switch (result) {
                case PushResult.Accepted _ -> settled.add(target.deviceId());
                case PushResult.Gone _ -> {
                    settled.add(target.deviceId());
                    remove(target);
                }
                case PushResult.Rejected(String detail) -> {
                    settled.add(target.deviceId());
                    deadLetter(target.deviceId(), seq, 1, detail);
                }
                case PushResult.Retry(Optional<Duration> after, String detail) -> left = new Left.Again(after, detail);
            }
        }
        if (left instanceof Left.Nothing) {
            note(seq, outcome);
        }
        return left;
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
        for (DeviceTarget target : facts.targets()) {
            if (!settled.contains(target.deviceId()) && concerns(target)) {
                deadLetter(target.deviceId(), facts.listed().progress().headSeq(), tries, reason);
            }
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
