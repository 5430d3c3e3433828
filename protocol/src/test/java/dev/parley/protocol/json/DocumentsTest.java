package dev.parley.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.parley.protocol.ApiDocuments;
import dev.parley.protocol.ClientFrame;
import dev.parley.protocol.ErrorCode;
import dev.parley.protocol.Limits;
import dev.parley.protocol.Message;
import dev.parley.protocol.MessageBody;
import dev.parley.protocol.Rest;
import dev.parley.protocol.ServerFrame;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The documents say what the code does: every golden file is valid, every code and field is there, nothing else is.
class DocumentsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final String OPENAPI_REF = "./openapi.yaml#";
    private static final JsonNode OPENAPI = parse(ApiDocuments.openApi());
    private static final JsonNode ASYNCAPI = parse(ApiDocuments.asyncApi());

    /// The schemas of both documents in one, so that references between them stay inside it.
    private static final ObjectNode SCHEMAS = schemas();

    @TestFactory
    Stream<DynamicTest> each_frame_is_valid() {
        Stream<Map.Entry<String, ? extends Record>> frames =
                Stream.concat(records(Samples.clientFrames()), records(Samples.serverFrames()));
        return frames.map(frame -> DynamicTest.dynamicTest(
                frame.getKey(),
                () -> assertThat(faults(
                                frame.getValue().getClass().getSimpleName(),
                                Golden.read(Golden.FRAMES, frame.getKey())))
                        .isEmpty()));
    }

    @TestFactory
    Stream<DynamicTest> each_body_is_valid() {
        return Samples.bodies().entrySet().stream()
                .map(body -> DynamicTest.dynamicTest(
                        body.getKey(),
                        () -> assertThat(faults(
                                        body.getValue().getClass().getSimpleName(),
                                        Golden.read(Golden.BODIES, body.getKey())))
                                .isEmpty()));
    }

    @TestFactory
    Stream<DynamicTest> each_problem_is_valid() {
        return Samples.problems().keySet().stream()
                .map(name -> DynamicTest.dynamicTest(
                        name,
                        () -> assertThat(faults("Problem", Golden.read(Golden.BODIES, name)))
                                .isEmpty()));
    }

    @Test
    void a_body_without_its_fields_and_a_frame_of_another_type_are_not_valid() {
        assertThat(faults("PostMessageRequest", "{}".getBytes(StandardCharsets.UTF_8)))
                .isNotEmpty();
        assertThat(faults("MessageSend", Golden.read(Golden.FRAMES, "ping"))).isNotEmpty();
        assertThat(faults("MessageNew", Golden.read(Golden.FRAMES, "message.ack")))
                .isNotEmpty();
        assertThat(faults("ErrorFrame", Golden.read(Golden.BODIES, "Problem"))).isNotEmpty();
    }

    @Test
    void every_example_is_valid() {
        SCHEMAS.at("/components/schemas")
                .properties()
                .forEach(schema -> schema.getValue()
                        .path("examples")
                        .forEach(example -> assertThat(schema(schema.getKey()).validate(example))
                                .as(schema.getKey())
                                .isEmpty()));
    }

    @Test
    void the_error_codes_are_those_of_the_code() {
        assertThat(texts(OPENAPI.at("/components/schemas/ErrorCode/enum")))
                .containsExactlyElementsOf(
                        Arrays.stream(ErrorCode.values()).map(ErrorCode::wire).toList());
    }

    @Test
    void the_fields_of_each_body_are_those_of_its_record() {
        Stream<Class<?>> nested = Stream.of(Rest.Member.class, Rest.ConversationSummary.class, Rest.Device.class);
        Stream.concat(Arrays.stream(Rest.Body.class.getPermittedSubclasses()), nested)
                .forEach(body -> assertThat(properties(body.getSimpleName()))
                        .as(body.getSimpleName())
                        .isEqualTo(components(body)));
        assertThat(properties("Message")).isEqualTo(components(Message.class));
        assertThat(properties("TextBody")).isEqualTo(with(components(MessageBody.Text.class), "kind"));
        assertThat(properties("MembershipBody")).isEqualTo(with(components(MessageBody.Membership.class), "kind"));
    }

    @Test
    void the_fields_of_each_frame_are_those_of_its_record() {
        Stream.concat(
                        Arrays.stream(ClientFrame.class.getPermittedSubclasses()),
                        Arrays.stream(ServerFrame.class.getPermittedSubclasses()))
                .filter(frame -> frame != ServerFrame.MessageNew.class && frame != ServerFrame.ErrorFrame.class)
                .forEach(frame -> assertThat(properties(frame.getSimpleName()))
                        .as(frame.getSimpleName())
                        .isEqualTo(with(components(frame), "type")));
        Set<String> error = with(properties("Problem"), "problemType");
        assertThat(properties("ErrorFrame")).isEqualTo(with(with(error, "clientMessageId"), "ref"));
    }

    @Test
    void each_required_field_exists_and_each_optional_one_is_not_required() {
        SCHEMAS.at("/components/schemas").properties().forEach(schema -> {
            Set<String> required = new HashSet<>(texts(schema.getValue().path("required")));
            if (schema.getValue().has("properties")) {
                assertThat(properties(schema.getKey())).as(schema.getKey()).containsAll(required);
            }
        });
        assertThat(texts(SCHEMAS.at("/components/schemas/ConversationSummary/required")))
                .doesNotContain("title", "peerId", "lastMessage");
    }

    @Test
    void every_frame_is_a_message_of_the_channel() {
        List<String> types = texts(ASYNCAPI.at("/components/messages"), "name");

        assertThat(types)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(ClientFrames.READERS.keySet().stream(), ServerFrames.READERS.keySet().stream())
                                .toList());
        assertThat(ASYNCAPI.at("/channels/connect/messages")).hasSize(types.size());
        assertThat(ASYNCAPI.at("/operations/fromClient/messages")).hasSize(ClientFrames.READERS.size());
        assertThat(ASYNCAPI.at("/operations/toClient/messages")).hasSize(ServerFrames.READERS.size());
    }

    @Test
    void the_limits_are_those_of_the_code() {
        assertThat(number("/TextBody/properties/text/maxLength")).isEqualTo(Limits.TEXT_BYTES_MAX);
        assertThat(number("/Seq/maximum")).isEqualTo(Limits.SEQ_MAX);
        assertThat(number("/UserId/maxLength")).isEqualTo(Limits.USER_ID_LENGTH_MAX);
        assertThat(number("/ClientId/maxLength")).isEqualTo(Limits.CLIENT_ID_LENGTH_MAX);
        assertThat(number("/ConversationId/maxLength")).isEqualTo(Limits.CONVERSATION_ID_LENGTH_MAX);
        assertThat(number("/Ref/maxLength")).isEqualTo(Limits.REF_LENGTH_MAX);
        assertThat(number("/MessagePage/properties/messages/maxItems")).isEqualTo(Limits.PAGE_MAX);
        assertThat(number("/CreateGroupRequest/properties/participantIds/maxItems"))
                .isEqualTo(Limits.GROUP_MEMBERS_MAX);
        assertThat(number("/CreateGroupRequest/properties/title/maxLength")).isEqualTo(Limits.TITLE_BYTES_MAX);
        assertThat(number("/PresenceWatch/properties/userIds/maxItems")).isEqualTo(Limits.WATCHED_USERS_MAX);
        assertThat(number("/PresenceWatch/properties/conversationIds/maxItems"))
                .isEqualTo(Limits.WATCHED_CONVERSATIONS_MAX);
        assertThat(number("/SyncStart/properties/cursors/maxProperties")).isEqualTo(Limits.SYNC_CURSORS_MAX);
        assertThat(OPENAPI.at("/components/parameters/limit/schema/maximum").asInt())
                .isEqualTo(Limits.PAGE_MAX);
        assertThat(OPENAPI.at("/components/parameters/limit/schema/default").asInt())
                .isEqualTo(Limits.PAGE_DEFAULT);
    }

    @Test
    void every_operation_answers_a_failure_with_a_problem() {
        OPENAPI.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(method -> method.getValue().has("operationId"))
                        .forEach(method -> assertThat(method.getValue()
                                        .at("/responses/default/$ref")
                                        .asText())
                                .as(path.getKey() + " " + method.getKey())
                                .isEqualTo("#/components/responses/Problem")));
    }

    @Test
    void every_reference_leads_somewhere() {
        SCHEMAS.at("/components")
                .findValuesAsText("$ref")
                .forEach(ref -> assertThat(SCHEMAS.at(ref.substring(1)).isMissingNode())
                        .as(ref)
                        .isFalse());
        OPENAPI.findValuesAsText("$ref")
                .forEach(ref -> assertThat(OPENAPI.at(ref.substring(1)).isMissingNode())
                        .as(ref)
                        .isFalse());
    }

    private static Stream<Map.Entry<String, ? extends Record>> records(Map<String, ?> samples) {
        return samples.entrySet().stream().map(sample -> Map.entry(sample.getKey(), (Record) sample.getValue()));
    }

    private static Set<ValidationMessage> faults(String schema, byte[] json) {
        try {
            return schema(schema).validate(JSON.readTree(json));
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static JsonSchema schema(String name) {
        assertThat(SCHEMAS.at("/components/schemas").has(name))
                .as("schema of " + name)
                .isTrue();
        ObjectNode root = SCHEMAS.deepCopy().put("$ref", "#/components/schemas/" + name);
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(root);
    }

    private static ObjectNode schemas() {
        ObjectNode all = JSON.createObjectNode();
        ObjectNode schemas = all.putObject("components").putObject("schemas");
        for (JsonNode document : List.of(OPENAPI, ASYNCAPI)) {
            JsonNode local = parse(document.toString().replace(OPENAPI_REF, "#").getBytes(StandardCharsets.UTF_8));
            local.at("/components/schemas").properties().forEach(schema -> {
                assertThat(schemas.has(schema.getKey()))
                        .as("twice: " + schema.getKey())
                        .isFalse();
                schemas.set(schema.getKey(), schema.getValue());
            });
        }
        return all;
    }

    private static JsonNode parse(byte[] document) {
        try {
            return YAML.readTree(document);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static long number(String path) {
        return SCHEMAS.at("/components/schemas" + path).asLong(-1);
    }

    private static Set<String> properties(String schema) {
        Set<String> names = new HashSet<>();
        SCHEMAS.at("/components/schemas/" + schema + "/properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<String> components(Class<?> type) {
        Set<String> names = new HashSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            names.add(component.getName());
        }
        return names;
    }

    private static Set<String> with(Set<String> names, String name) {
        Set<String> more = new HashSet<>(names);
        more.add(name);
        return more;
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static List<String> texts(JsonNode objects, String field) {
        return StreamSupport.stream(objects.spliterator(), false)
                .map(object -> object.path(field).asText())
                .toList();
    }
}
