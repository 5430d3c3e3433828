package dev.parley.node.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// The OpenAPI and AsyncAPI documents as a node served them, to hold its answers against.
final class ServedDocuments {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private final JsonNode openApi;
    private final ObjectNode schemas;

    ServedDocuments(String openApiYaml, String asyncApiYaml) throws IOException {
        openApi = YAML.readTree(openApiYaml);
        schemas = JSON.createObjectNode();
        ObjectNode all = schemas.putObject("components").putObject("schemas");
        // Both documents in one, so that references between them stay inside it.
        for (JsonNode document : List.of(openApi, YAML.readTree(asyncApiYaml.replace("./openapi.yaml#", "#")))) {
            document.at("/components/schemas")
                    .properties()
                    .forEach(schema -> all.set(schema.getKey(), schema.getValue()));
        }
    }

    /// The operations of the document, such as `GET /v1/me`.
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        openApi.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(method -> method.getValue().has("operationId"))
                        .forEach(method ->
                                operations.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));
        return operations;
    }

    /// What is wrong with an answer to an operation: an undocumented status or type, or a body that is not valid.
    List<String> faults(String operation, HttpResponse<String> response) throws IOException {
        String[] words = operation.split(" ", 2);
        JsonNode responses = openApi.path("paths")
                .path(words[1])
                .path(words[0].toLowerCase(Locale.ROOT))
                .path("responses");
        JsonNode documented = responses.path(Integer.toString(response.statusCode()));
        if (documented.isMissingNode()) {
            documented = openApi.at("/components/responses/Problem");
        }
        String contentType = response.headers().firstValue("Content-Type").orElse("");
        if (!documented.has("content")) {
            return response.body().isEmpty() ? List.of() : List.of("an undocumented body");
        }
        JsonNode schema = documented.path("content").path(contentType).path("schema");
        if (schema.isMissingNode()) {
            return List.of("an undocumented content type: " + contentType);
        }
        return schema.has("$ref") ? faults(schema, JSON.readTree(response.body())) : List.of();
    }

    /// What is wrong with a frame.
    ///
    /// @param schema its schema's name, such as `MessageAck`
    List<String> frameFaults(String schema, String frame) throws IOException {
        return faults(JSON.createObjectNode().put("$ref", "#/components/schemas/" + schema), JSON.readTree(frame));
    }

    /// The `type` of a frame.
    static String typeOf(String frame) throws IOException {
        return JSON.readTree(frame).path("type").asText();
    }

    private List<String> faults(JsonNode reference, JsonNode value) {
        ObjectNode root = schemas.deepCopy().put("$ref", reference.path("$ref").asText());
        List<String> faults = new ArrayList<>();
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(root)
                .validate(value)
                .forEach(fault -> faults.add(fault.getMessage()));
        return faults;
    }
}
