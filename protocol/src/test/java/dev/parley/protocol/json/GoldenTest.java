package dev.parley.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import dev.parley.protocol.ServerFrame;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every frame and body has exactly the bytes of its golden file, and these read back as the same value.
class GoldenTest {
    private static final Map<Class<? extends Rest.Body>, Function<byte[], Rest.Body>> BODY_READERS = Map.ofEntries(
            Map.entry(Rest.BootstrapRequest.class, RestJson::decodeBootstrapRequest),
            Map.entry(Rest.BootstrapResponse.class, RestJson::decodeBootstrapResponse),
            Map.entry(Rest.CreateDirectRequest.class, RestJson::decodeCreateDirectRequest),
            Map.entry(Rest.CreateGroupRequest.class, RestJson::decodeCreateGroupRequest),
            Map.entry(Rest.ConversationCreated.class, RestJson::decodeConversationCreated),
            Map.entry(Rest.PostMessageRequest.class, RestJson::decodePostMessageRequest),
            Map.entry(Rest.PostMessageResponse.class, RestJson::decodePostMessageResponse),
            Map.entry(Rest.MessagePage.class, RestJson::decodeMessagePage),
            Map.entry(Rest.ReadCursorRequest.class, RestJson::decodeReadCursorRequest),
            Map.entry(Rest.ReadCursorResponse.class, RestJson::decodeReadCursorResponse),
            Map.entry(Rest.AddMemberRequest.class, RestJson::decodeAddMemberRequest),
            Map.entry(Rest.MemberList.class, RestJson::decodeMemberList),
            Map.entry(Rest.SyncNews.class, RestJson::decodeSyncNews),
            Map.entry(Rest.ConversationList.class, RestJson::decodeConversationList),
            Map.entry(Rest.MutedRequest.class, RestJson::decodeMutedRequest),
            Map.entry(Rest.UserPresence.class, RestJson::decodeUserPresence),
            Map.entry(Rest.PushEndpointRequest.class, RestJson::decodePushEndpointRequest),
            Map.entry(Rest.Me.class, RestJson::decodeMe),
            Map.entry(Rest.Settings.class, RestJson::decodeSettings),
            Map.entry(Rest.SettingsPatch.class, RestJson::decodeSettingsPatch),
            Map.entry(Rest.DeviceList.class, RestJson::decodeDeviceList));

    @TestFactory
    Stream<DynamicTest> each_client_frame_is_its_golden_file() {
        return Samples.clientFrames().entrySet().stream()
                .map(sample -> DynamicTest.dynamicTest(sample.getKey(), () -> {
                    Golden.check(Golden.FRAMES, sample.getKey(), FrameJson.encode(sample.getValue()));

                    assertThat(FrameJson.decodeClient(Golden.read(Golden.FRAMES, sample.getKey())))
                            .isEqualTo(sample.getValue());
                }));
    }

    @TestFactory
    Stream<DynamicTest> each_server_frame_is_its_golden_file() {
        return Samples.serverFrames().entrySet().stream()
                .map(sample -> DynamicTest.dynamicTest(sample.getKey(), () -> {
                    Golden.check(Golden.FRAMES, sample.getKey(), FrameJson.encode(sample.getValue()));

                    assertThat(FrameJson.decodeServer(Golden.read(Golden.FRAMES, sample.getKey())))
                            .isEqualTo(sample.getValue());
                }));
    }

    @TestFactory
    Stream<DynamicTest> each_body_is_its_golden_file() {
        return Samples.bodies().entrySet().stream()
                .map(sample -> DynamicTest.dynamicTest(sample.getKey(), () -> {
                    Golden.check(Golden.BODIES, sample.getKey(), RestJson.encode(sample.getValue()));

                    Function<byte[], Rest.Body> reader = Objects.requireNonNull(
                            BODY_READERS.get(sample.getValue().getClass()), "no reader of " + sample.getKey());
                    assertThat(reader.apply(Golden.read(Golden.BODIES, sample.getKey())))
                            .isEqualTo(sample.getValue());
                }));
    }

    @TestFactory
    Stream<DynamicTest> each_problem_is_its_golden_file() {
        return Samples.problems().entrySet().stream()
                .map(sample -> DynamicTest.dynamicTest(sample.getKey(), () -> {
                    Golden.check(Golden.BODIES, sample.getKey(), RestJson.encode(sample.getValue()));

                    assertThat(RestJson.decodeProblem(Golden.read(Golden.BODIES, sample.getKey())))
                            .isEqualTo(sample.getValue());
                }));
    }

    @Test
    void no_frame_and_no_body_is_without_a_golden_file() {
        assertThat(classesOf(Samples.clientFrames())).isEqualTo(permitted(ClientFrame.class));
        assertThat(classesOf(Samples.serverFrames())).isEqualTo(permitted(ServerFrame.class));
        assertThat(classesOf(Samples.bodies())).isEqualTo(permitted(Rest.Body.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "a\ude00b", "\ude00\ud83d"})
    void half_a_surrogate_pair_is_never_written(String text) {
        MessageBody body = new MessageBody.Text(text);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> RestJson.encode(new Rest.PostMessageRequest("k", "u_1", body)));
    }

    private static Set<Class<?>> classesOf(Map<String, ?> samples) {
        return samples.values().stream().map(Object::getClass).collect(Collectors.toSet());
    }

    private static Set<Class<?>> permitted(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses()).collect(Collectors.toSet());
    }
}
