package dev.parley.node.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.gate.ChatGate;
import dev.parley.node.gate.GateException;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ErrorCode;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes accounts and tokens. Each call that changes something leaves one line in the log, `admin …`: the audit
/// trail.
final class AccountRoutes {
    private static final Logger AUDIT = LoggerFactory.getLogger(AccountRoutes.class);

    private static final Duration TTL_DEFAULT = Duration.ofDays(1);

    /// The gate answers within its own deadline; this is for a gate that broke.
    private static final Duration PATIENCE = Duration.ofSeconds(330);

    private final ChatGate gate;
    private final TokenIssuer tokens;

    AccountRoutes(ChatGate gate, TokenIssuer tokens) {
        this.gate = gate;
        this.tokens = tokens;
    }

    void addTo(HttpRouting.Builder routing) {
        routing.post("/admin/v1/users", this::createUser).post("/admin/v1/tokens", this::issueToken);
    }

    private void createUser(ServerRequest request, ServerResponse response) {
        String userId = AdminBody.of(request).userId();
        boolean existed = makeAccount(userId);
        AUDIT.info("admin made account: user={} existed={} peer={}", userId, existed, peer(request));
        AdminAnswer.json(
                response,
                existed ? 200 : 201,
                JsonNodeFactory.instance.objectNode().put("userId", userId));
    }

    private void issueToken(ServerRequest request, ServerResponse response) {
        AdminBody body = AdminBody.of(request);
        String userId = body.userId();
        Duration ttl = body.ttl().orElse(TTL_DEFAULT);
        makeAccount(userId);
        TokenIssuer.IssuedToken issued = tokens.issue(userId, ttl);
        AUDIT.info(
                "admin issued token: user={} ttlSeconds={} expiresAt={} peer={}",
                userId,
                ttl.toSeconds(),
                issued.expiresAt(),
                peer(request));
        AdminAnswer.json(
                response,
                200,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("token", issued.token())
                        .put("expiresAt", issued.expiresAt().toString()));
    }

    /// Makes the account if there is none; harmless when repeated.
    ///
    /// @return whether there was one
    private boolean makeAccount(String userId) {
        switch (await(gate.ask(new ChatQuery.Account(userId)))) {
            case QueryAnswer.AccountState account -> {
                if (account.exists()) {
                    return true;
                }
            }
            case QueryAnswer.Refused refused ->
                throw new ProblemException(Problems.of(refused.refusal(), refused.detail()));
            case QueryAnswer.Page _,
                    QueryAnswer.MemberList _,
                    QueryAnswer.SummaryList _,
                    QueryAnswer.InboxNews _,
                    QueryAnswer.DeadLetterPage _,
                    QueryAnswer.MessageTraced _,
                    QueryAnswer.UserTraced _,
                    QueryAnswer.InboxListing _ -> throw mismatch();
        }
        return switch (await(gate.submit(new ChatCommand.CreateUser(userId)))) {
            case ChatAnswer.Done _ -> false;
            case ChatAnswer.Refused refused ->
                throw new ProblemException(Problems.of(refused.refusal(), refused.detail()));
            case ChatAnswer.ConversationOpened _,
                    ChatAnswer.MessagePosted _,
                    ChatAnswer.MembersChanged _,
                    ChatAnswer.CursorAdvanced _,
                    ChatAnswer.DeviceRegistered _ -> throw mismatch();
        };
    }

    /// What the gate answers; every failure is a problem for the caller.
    static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GateException failure) {
                throw new ProblemException(Problems.of(failure));
            }
            throw new IllegalStateException("a gate answers or fails with a GateException", e);
        } catch (TimeoutException _) {
            throw new ProblemException(ErrorCode.OUTCOME_UNKNOWN, "No answer came in time; it may be repeated.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(ErrorCode.DRAINING, "The node is stopping.");
        }
    }

    private static IllegalStateException mismatch() {
        return new IllegalStateException("the answer is not one to what was asked");
    }

    private static String peer(ServerRequest request) {
        return request.remotePeer().host();
    }
}
