package dev.parley.node.presence;

import dev.parley.chat.ChatQuery;
import dev.parley.chat.Ids;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.chat.QueryAnswer.MemberList;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.GateException;
import dev.parley.node.session.Session;
import dev.parley.node.wire.Answers;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ClientFrame.PresenceWatch;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Rest.UserPresence;
import dev.parley.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Answers who wants to see whom. Blocks the calling virtual thread while leaders are asked.
final class WatchRequests {
    private final ChatGate gate;
    private final Privacy privacy;
    private final Watches watches;
    private final PresenceReporter reporter;

    WatchRequests(ChatGate gate, Privacy privacy, Watches watches, PresenceReporter reporter) {
        this.gate = gate;
        this.privacy = privacy;
        this.watches = watches;
        this.reporter = reporter;
    }

    /// Whom a session wants to see.
    ///
    /// @param contacts by user to follow: whether it is a contact of the watcher
    /// @param once users of large conversations, to be answered and not followed
    private record Wish(Map<String, Boolean> contacts, Map<String, Boolean> once) {}

    /// Replaces what a session watches, and answers it.
    void watch(Session session, PresenceWatch watch) {
        try {
            Wish wish = wish(session, watch);
            if (!watches.replace(session, wish.contacts())) {
                throw new ProblemException(ErrorCode.OVERLOADED, "This node has no room to watch more users.");
            }
            if (!reporter.isLive(session.identity().sessionId())) {
                watches.end(session.identity().sessionId());
                return;
            }
            List<PresenceState> heard = Answers.await(
                    reporter.ask(wish.contacts().keySet(), wish.once().keySet()));
            watches.take(heard);
            List<PresenceState> once = heard.stream()
                    .filter(state -> wish.once().containsKey(state.userId()))
                    .toList();
            List<PresenceState> all =
                    new ArrayList<>(watches.known(wish.contacts().keySet()));
            all.addAll(once);
            awaitRules(all);
            String watcherId = session.identity().userId();
            List<UserPresence> answers = once.stream()
                    .flatMap(state ->
                            watches.view(state, watcherId, wish.once().getOrDefault(state.userId(), false)).stream())
                    .toList();
            watches.answer(session, answers, watch.ref());
        } catch (ProblemException e) {
            session.send(new ServerFrame.ErrorFrame(e.problem(), Optional.empty(), watch.ref()));
        } catch (GateException e) {
            session.send(new ServerFrame.ErrorFrame(Problems.of(e), Optional.empty(), watch.ref()));
        } catch (RuntimeException e) {
            Problem problem = Problems.internal("watch failed", e);
            session.send(new ServerFrame.ErrorFrame(problem, Optional.empty(), watch.ref()));
        }
    }

    /// One user as another may see it.
    ///
    /// @throws ProblemException no-leader, while nobody can know
    UserPresence look(String watcherId, String userId) {
        List<PresenceState> heard = Answers.await(reporter.ask(List.of(), List.of(userId)));
        boolean contact = !heard.isEmpty() && conversations(watcherId).contains(Ids.direct(watcherId, userId));
        awaitRules(heard);
        return heard.stream()
                .flatMap(state -> watches.view(state, watcherId, contact).stream())
                .findFirst()
                .orElseThrow(() -> new ProblemException(
                        ErrorCode.NO_LEADER, "It is not known yet who is here; it will be within a minute."));
    }

    private Wish wish(Session session, PresenceWatch watch) {
        String watcherId = session.identity().userId();
        Map<String, Boolean> contacts = new HashMap<>();
        Set<String> strangers = new HashSet<>();
        Set<String> crowd = new HashSet<>();
        List<CompletableFuture<QueryAnswer>> asked = watch.conversationIds().stream()
                .map(conversationId -> gate.ask(new ChatQuery.Members(conversationId, watcherId)))
                .toList();
        strangers.addAll(watch.userIds());
        for (CompletableFuture<QueryAnswer> answer : asked) {
            switch (Answers.await(answer)) {
                case MemberList(var members)
                when members.size() <= Limits.SMALL_AUDIENCE_MAX ->
                    members.forEach(member -> contacts.put(member.userId(), true));
                case MemberList(var members) -> members.forEach(member -> crowd.add(member.userId()));
                case QueryAnswer.Refused(var refusal, var detail) ->
                    session.send(
                            new ServerFrame.ErrorFrame(Problems.of(refusal, detail), Optional.empty(), watch.ref()));
                case QueryAnswer other -> throw new IllegalStateException("answer: " + other);
            }
        }
        Map<String, Boolean> once = new HashMap<>();
        if (!strangers.isEmpty() || !crowd.isEmpty()) {
            Set<String> conversations = conversations(watcherId);
            strangers.forEach(
                    userId -> contacts.putIfAbsent(userId, conversations.contains(Ids.direct(watcherId, userId))));
            crowd.removeAll(contacts.keySet());
            crowd.forEach(userId -> once.put(userId, conversations.contains(Ids.direct(watcherId, userId))));
        }
        return new Wish(contacts, once);
    }

    private void awaitRules(Collection<PresenceState> states) {
        Answers.await(privacy.ready(states.stream()
                .filter(PresenceState::tells)
                .map(PresenceState::userId)
                .toList()));
    }

    private Set<String> conversations(String userId) {
        return Answers.await(gate.ask(new ChatQuery.Account(userId))) instanceof AccountState account
                ? Set.copyOf(account.conversationIds())
                : Set.of();
    }
}
