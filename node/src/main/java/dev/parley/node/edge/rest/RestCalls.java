package dev.parley.node.edge.rest;

import dev.parley.node.edge.socket.ConnectUpgrader;
import dev.parley.node.gate.GateException;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ApiDocuments;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.json.InvalidInput;
import java.util.List;
import java.util.Map;

/// All REST calls of the client protocol, and the one place where what goes wrong becomes a problem object.
public final class RestCalls {
    private final Routes routes = new Routes();

    public RestCalls(RestParts parts) {
        Chat chat = new Chat(parts.gate());
        Callers callers = new Callers(parts.tokens(), parts.devices(), parts.rates());
        MembershipNotes notes = new MembershipNotes(chat);
        new SessionCalls(chat, callers, parts.tokens(), parts.publicUrl()).addTo(routes);
        new ConversationCalls(chat, callers, notes).addTo(routes);
        new ListCalls(chat, callers, parts.partitioning()).addTo(routes);
        new MemberCalls(chat, callers, notes).addTo(routes);
        new AccountCalls(chat, callers, parts.devices(), parts.presence()).addTo(routes);
        new PresenceCalls(callers, parts.presence()).addTo(routes);
        new MessageCalls(chat, callers, parts.receipts()).addTo(routes);
        new SettingsCalls(chat, callers, parts.presence(), parts.receipts()).addTo(routes);
        new PushCalls(chat, callers, parts.pushEndpoints()).addTo(routes);
        routes.on("GET", "/openapi.yaml", _ -> Reply.document(ApiDocuments.MEDIA_TYPE, ApiDocuments.openApi()))
                .on("GET", "/asyncapi.yaml", _ -> Reply.document(ApiDocuments.MEDIA_TYPE, ApiDocuments.asyncApi()))
                .on("GET", ConnectUpgrader.PATH, _ -> {
                    throw new ProblemException(
                            ErrorCode.MALFORMED, "This path takes a WebSocket handshake (RFC 6455).");
                });
    }

    /// Reads the rest of a request, once its route is known.
    @FunctionalInterface
    public interface Reading {
        Call read(Map<String, String> path);
    }

    /// Answers a request; throws nothing.
    ///
    /// @param path the decoded segments of its path
    public Reply answer(String method, List<String> path, Reading reading) {
        try {
            return switch (routes.find(method, path)) {
                case Routes.Match.Found(var answer, var placeholders) -> answer.to(reading.read(placeholders));
                case Routes.Match.OtherMethods(var allowed) -> {
                    String methods = String.join(", ", allowed);
                    yield Reply.problem(Problems.of(ErrorCode.METHOD_UNKNOWN, "This path takes " + methods + "."))
                            .with("Allow", methods);
                }
                case Routes.Match.Nothing() ->
                    Reply.problem(Problems.of(ErrorCode.PATH_UNKNOWN, "GET /openapi.yaml lists the paths."));
            };
        } catch (ProblemException e) {
            return Reply.problem(e.problem());
        } catch (InvalidInput e) {
            return Reply.problem(e.problem(Problems.newTraceId()));
        } catch (GateException e) {
            return Reply.problem(Problems.of(e));
        } catch (RuntimeException e) {
            return Reply.problem(Problems.internal("call failed", e));
        }
    }
}
