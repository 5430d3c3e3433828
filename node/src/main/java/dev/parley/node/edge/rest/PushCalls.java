package dev.parley.node.edge.rest;

import dev.parley.chat.ChatAnswer.Done;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.PushTarget;
import dev.parley.node.auth.SessionClaims;
import dev.parley.node.push.AcceptedEndpoints;
import dev.parley.node.push.FieldProblem;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushEndpoint;
import dev.parley.node.push.WebPushKeys;
import dev.parley.node.wire.ProblemException;
import dev.parley.node.wire.Problems;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Problem;
import dev.parley.protocol.Rest;
import dev.parley.protocol.json.RestJson;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// Where pushes for the caller's devices go.
final class PushCalls {
    private final Chat chat;
    private final Callers callers;
    private final AcceptedEndpoints accepted;

    PushCalls(Chat chat, Callers callers, AcceptedEndpoints accepted) {
        this.chat = chat;
        this.callers = callers;
        this.accepted = accepted;
    }

    void addTo(Routes routes) {
        routes.on("POST", "/v1/devices/{deviceId}/push-endpoints", this::set)
                .on("DELETE", "/v1/devices/{deviceId}/push-endpoints", this::remove);
    }

    private Reply set(Call call) {
        SessionClaims caller = callers.session(call);
        String deviceId = call.path("deviceId");
        if (!deviceId.equals(caller.deviceId())) {
            throw ProblemException.invalidField("deviceId", "must be the device of this session");
        }
        Rest.PushEndpointRequest request = RestJson.decodePushEndpointRequest(call.body());
        check(request);
        PushTarget target = new PushTarget(
                request.provider(),
                request.token(),
                request.keys().map(keys -> new PushTarget.Keys(keys.p256dh(), keys.auth())));
        chat.submit(new ChatCommand.SetPushTarget(caller.userId(), deviceId, target), Done.class);
        return Reply.noContent();
    }

    private Reply remove(Call call) {
        SessionClaims caller = callers.session(call);
        String deviceId = call.path("deviceId");
        Optional<String> named = call.single("provider");
        named.ifPresent(provider -> {
            if (!Rest.PUSH_PROVIDERS.contains(provider)) {
                throw ProblemException.invalidField(
                        "provider", "must be one of " + String.join(", ", Rest.PUSH_PROVIDERS));
            }
        });
        for (String provider : named.map(List::of).orElse(Rest.PUSH_PROVIDERS)) {
            chat.submit(
                    new ChatCommand.RemovePushTarget(caller.userId(), deviceId, provider, Optional.empty()),
                    Done.class);
        }
        return Reply.noContent();
    }

    private void check(Rest.PushEndpointRequest request) {
        ProviderKind kind = ProviderKind.ofWire(request.provider())
                .filter(accepted.providers()::contains)
                .orElseThrow(() -> ProblemException.invalidField(
                        "provider", "must be one that this server is set up for: " + configured()));
        List<FieldProblem> problems = accepted.rules()
                .check(new PushEndpoint(
                        kind,
                        request.token(),
                        request.keys().map(keys -> new WebPushKeys(keys.p256dh(), keys.auth()))));
        if (!problems.isEmpty()) {
            throw new ProblemException(new Problem(
                    ErrorCode.INVALID_FIELD,
                    problems.stream()
                            .map(problem -> problem.field() + " " + problem.reason() + ".")
                            .collect(Collectors.joining(" ")),
                    OptionalLong.empty(),
                    Problems.newTraceId(),
                    problems.stream()
                            .map(problem -> new Problem.FieldError(problem.field(), problem.reason()))
                            .toList()));
        }
    }

    private String configured() {
        return accepted.providers().isEmpty()
                ? "none is"
                : accepted.providers().stream().map(ProviderKind::wire).sorted().collect(Collectors.joining(", "));
    }
}
