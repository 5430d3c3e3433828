package dev.parley.node.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Manifests as JSON: how they are kept, and what `--json` prints.
final class ManifestJson {
    static final ObjectMapper JSON = new ObjectMapper();

    /// A name from a manifest becomes a path: nothing but plain file names.
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");

    private static final Pattern OBJECT_NAME = Pattern.compile("objects/[0-9a-f]{2}/[0-9a-f]{64}");

    private ManifestJson() {}

    static byte[] write(Manifest manifest) throws IOException {
        ObjectNode json = summary(manifest);
        ArrayNode groups = json.putArray("groups");
        for (Manifest.Group group : manifest.groups()) {
            ArrayNode files = groups.addObject()
                    .put("group", group.name())
                    .put("node", group.node())
                    .put("term", group.term())
                    .put("logIndex", group.logIndex())
                    .putArray("files");
            group.files()
                    .forEach(file -> files.addObject()
                            .put("name", file.name())
                            .put("bytes", file.bytes())
                            .put("sha256", file.sha256())
                            .put("object", file.object()));
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    }

    /// Without the files.
    static ObjectNode summary(Manifest manifest) {
        ObjectNode json = JSON.createObjectNode()
                .put("format", manifest.format())
                .put("id", manifest.id())
                .put("kind", manifest.parent().isEmpty() ? "full" : "incremental")
                .put("startedAt", manifest.startedAt().toString())
                .put("finishedAt", manifest.finishedAt().toString())
                .put("version", manifest.version())
                .put("clusterName", manifest.cluster().name())
                .put("clusterId", manifest.cluster().id())
                .put("epoch", manifest.cluster().epoch())
                .put("partitions", manifest.cluster().partitions())
                .put("bytes", manifest.bytes())
                .put("newBytes", manifest.newBytes());
        manifest.parent().ifPresent(parent -> json.put("parent", parent));
        return json;
    }

    /// What a manifest says.
    ///
    /// @throws IOException if it is none, or of a newer format
    static Manifest read(byte[] bytes) throws IOException {
        JsonNode json = JSON.readTree(bytes);
        int format = json.path("format").asInt();
        if (format < 1 || format > Manifest.FORMAT) {
            throw new IOException("its format is %d; this Parley reads up to %d".formatted(format, Manifest.FORMAT));
        }
        try {
            List<Manifest.Group> groups = new ArrayList<>();
            for (JsonNode group : json.path("groups")) {
                groups.add(group(group));
            }
            return new Manifest(
                    format,
                    json.path("id").asText(),
                    Instant.parse(json.path("startedAt").asText()),
                    Instant.parse(json.path("finishedAt").asText()),
                    Optional.of(json.path("parent").asText("")).filter(parent -> !parent.isEmpty()),
                    json.path("version").asText(),
                    new Manifest.Cluster(
                            json.path("clusterName").asText(),
                            json.path("clusterId").asText(),
                            json.path("epoch").asText(),
                            json.path("partitions").asInt()),
                    groups,
                    json.path("newBytes").asLong());
        } catch (DateTimeException e) {
            throw new IOException("its times are none", e);
        }
    }

    private static Manifest.Group group(JsonNode json) throws IOException {
        List<Manifest.File> files = new ArrayList<>();
        for (JsonNode file : json.path("files")) {
            Manifest.File read = new Manifest.File(
                    file.path("name").asText(),
                    file.path("bytes").asLong(),
                    file.path("sha256").asText(),
                    file.path("object").asText());
            if (!isFileName(read.name()) || !OBJECT_NAME.matcher(read.object()).matches()) {
                throw new IOException("it names a file " + read.name() + " kept as " + read.object());
            }
            files.add(read);
        }
        return new Manifest.Group(
                json.path("group").asText(),
                json.path("node").asText(),
                json.path("term").asLong(),
                json.path("logIndex").asLong(),
                files);
    }

    /// Whether a text may become a file's name.
    static boolean isFileName(String name) {
        return FILE_NAME.matcher(name).matches();
    }
}
