package dev.parley.node.edge.rest;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.GateException;
import dev.parley.node.wire.Answers;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/// The replicated state as REST calls use it: blocking on the request's virtual thread, and refusals are problems.
final class Chat {
    /// Commands or queries of one request that are under way at once.
    private static final int AT_ONCE = 20;

    private final ChatGate gate;

    Chat(ChatGate gate) {
        this.gate = gate;
    }

    /// Does what remains of a request whose change is already committed: that it failed must not be taken for "nothing
    /// happened".
    static <T> T afterCommit(Supplier<T> rest) {
        try {
            return rest.get();
        } catch (GateException e) {
            throw new GateException(ErrorCode.OUTCOME_UNKNOWN, "the first half is done, then: " + e.getMessage());
        }
    }

    /// Carries out a command.
    ///
    /// @throws ProblemException if a rule refused it
    /// @throws GateException if there is no answer
    <T extends ChatAnswer> T submit(ChatCommand command, Class<T> answerType) {
        return expect(Answers.await(gate.submit(command)), answerType);
    }

    /// Asks a question.
    ///
    /// @throws ProblemException if a rule refused it
    /// @throws GateException if there is no answer
    <T extends QueryAnswer> T ask(ChatQuery query, Class<T> answerType) {
        return expect(Answers.await(gate.ask(query)), answerType);
    }

    /// Carries out commands about different entities, some at once; stops at the first that fails.
    void submitAll(Collection<? extends ChatCommand> commands) {
        eachSome(commands, gate::submit, ChatAnswer.Done.class);
    }

    /// Asks questions about different entities, some at once; the answers are in the order of the questions.
    <T extends QueryAnswer> List<T> askAll(Collection<? extends ChatQuery> queries, Class<T> answerType) {
        return eachSome(queries, gate::ask, answerType);
    }

    /// Returns if all of them have an account.
    ///
    /// @throws ProblemException user-unknown, naming the first of them that has no account
    void requireUsers(List<String> userIds) {
        List<AccountState> accounts =
                askAll(userIds.stream().map(ChatQuery.Account::new).toList(), AccountState.class);
        for (int i = 0; i < accounts.size(); i++) {
            if (!accounts.get(i).exists()) {
                throw new ProblemException(
                        ErrorCode.USER_UNKNOWN, "There is no user '%s' yet.".formatted(userIds.get(i)));
            }
        }
    }

    private static <Q, A, T extends A> List<T> eachSome(
            Collection<? extends Q> requests, Function<Q, CompletableFuture<A>> carryOut, Class<T> answerType) {
        List<T> answers = new ArrayList<>(requests.size());
        List<CompletableFuture<A>> underWay = new ArrayList<>(AT_ONCE);
        for (Q request : requests) {
            underWay.add(carryOut.apply(request));
            if (underWay.size() == AT_ONCE) {
                await(underWay, answerType, answers);
            }
        }
        await(underWay, answerType, answers);
        return answers;
    }

    private static <A, T extends A> void await(
            List<CompletableFuture<A>> underWay, Class<T> answerType, List<T> answers) {
        for (CompletableFuture<A> answer : underWay) {
            answers.add(expect(Answers.await(answer), answerType));
        }
        underWay.clear();
    }

    private static <T> T expect(Object answer, Class<T> type) {
        if (answer instanceof ChatAnswer.Refused(var refusal, var detail)) {
            throw new ProblemException(Problems.of(refusal, detail));
        }
        if (answer instanceof QueryAnswer.Refused(var refusal, var detail)) {
            throw new ProblemException(Problems.of(refusal, detail));
        }
        if (!type.isInstance(answer)) {
            throw new IllegalStateException("expected " + type.getSimpleName() + ", but got " + answer);
        }
        return type.cast(answer);
    }
}
