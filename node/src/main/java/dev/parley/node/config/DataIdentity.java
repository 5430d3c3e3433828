package dev.parley.node.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Whose data a directory holds: the content of its `parley.json`.
///
/// @param formatVersion of everything in the directory; raised when an older Parley could not read it any more
/// @param clusterId tells clusters of one name apart; the same on all nodes, see [#clusterId(String, byte[])]
/// @param founded whether the node's storage was set up completely once
/// @param system whether the `system` group was among what was set up; not so before there was one
public record DataIdentity(
        int formatVersion,
        String clusterName,
        String clusterId,
        String nodeId,
        int partitions,
        Instant createdAt,
        boolean founded,
        boolean system) {

    /// The newest format that this code reads and writes.
    public static final int FORMAT_VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// What a cluster's nodes find out without asking each other: a keyed hash of the name under the cluster's
    /// secret.
    public static String clusterId(String clusterName, byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            byte[] hash = mac.doFinal(("parley cluster id: " + clusterName).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(hash, 16));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has HmacSHA256, and it takes any key", e);
        }
    }

    String toJson() {
        ObjectNode json = JSON.createObjectNode()
                .put("formatVersion", formatVersion)
                .put("clusterName", clusterName)
                .put("clusterId", clusterId)
                .put("nodeId", nodeId)
                .put("partitions", partitions)
                .put("createdAt", createdAt.toString())
                .put("founded", founded)
                .put("system", system);
        return json.toPrettyString() + "\n";
    }

    /// The format of a text that claims to be an identity, whatever else it says; a newer one may look
    /// different.
    static Optional<Integer> formatVersion(String json) {
        return tree(json)
                .map(tree -> tree.path("formatVersion"))
                .filter(JsonNode::isInt)
                .map(JsonNode::intValue);
    }

    /// The identity that a text of [#FORMAT_VERSION] holds, or empty if it is damaged.
    static Optional<DataIdentity> fromJson(String json) {
        return tree(json).flatMap(DataIdentity::fromTree);
    }

    private static Optional<DataIdentity> fromTree(JsonNode tree) {
        boolean complete = tree.path("formatVersion").isInt()
                && tree.path("clusterName").isTextual()
                && tree.path("clusterId").isTextual()
                && tree.path("nodeId").isTextual()
                && tree.path("partitions").isInt()
                && tree.path("founded").isBoolean();
        if (!complete) {
            return Optional.empty();
        }
        try {
            return Optional.of(new DataIdentity(
                    tree.get("formatVersion").intValue(),
                    tree.get("clusterName").textValue(),
                    tree.get("clusterId").textValue(),
                    tree.get("nodeId").textValue(),
                    tree.get("partitions").intValue(),
                    Instant.parse(tree.path("createdAt").asText()),
                    tree.get("founded").booleanValue(),
                    tree.path("system").asBoolean(false)));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static Optional<JsonNode> tree(String json) {
        try {
            return Optional.ofNullable(JSON.readTree(json));
        } catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }
}
