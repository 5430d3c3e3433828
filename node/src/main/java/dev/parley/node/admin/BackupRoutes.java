package dev.parley.node.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.wire.ProblemException;
import dev.parley.protocol.ErrorCode;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.SnapshotException;
import dev.parley.raftstorage.SnapshotSession;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a backup reads: the cluster it is of, and a checkpoint of each group. The same at every node.
final class BackupRoutes {
    private static final Logger AUDIT = LoggerFactory.getLogger(BackupRoutes.class);
    private static final String BACKUP = "/admin/v1/backup";
    private static final String SNAPSHOT = BACKUP + "/snapshots/{id}";
    private static final int CHUNK_BYTES_MAX = 1 << 20;

    private final BackupDesk desk;
    private final String version;

    BackupRoutes(BackupDesk desk, String version) {
        this.desk = desk;
        this.version = version;
    }

    void addTo(HttpRouting.Builder routing) {
        routing.get(BACKUP, this::cluster)
                .post(BACKUP + "/groups/{group}", this::open)
                .get(SNAPSHOT + "/{file}", this::read)
                .delete(SNAPSHOT, this::close);
    }

    private void cluster(ServerRequest request, ServerResponse response) {
        BackupDesk.Cluster cluster = desk.cluster();
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("clusterName", cluster.name())
                .put("clusterId", cluster.id())
                .put("epoch", cluster.epoch())
                .put("partitions", cluster.partitions())
                .put("version", version);
        ArrayNode groups = body.putArray("groups");
        for (int partition = 0; partition < cluster.partitions(); partition++) {
            groups.add(Partitioning.group(partition).name());
        }
        AdminAnswer.json(response, 200, body);
    }

    private void open(ServerRequest request, ServerResponse response) {
        GroupId group = group(request.path().pathParameters().get("group"));
        try {
            BackupDesk.Opened opened = desk.open(group);
            AUDIT.info(
                    "admin backs up: group={} from={} peer={}",
                    group,
                    opened.node(),
                    request.remotePeer().host());
            AdminAnswer.json(response, 200, json(opened));
        } catch (SnapshotException e) {
            throw new ProblemException(ErrorCode.NO_LEADER, e.getMessage() + ".");
        }
    }

    private static ObjectNode json(BackupDesk.Opened opened) {
        SnapshotSession.Manifest manifest = opened.manifest();
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("snapshot", opened.id())
                .put("node", opened.node().value())
                .put("group", manifest.group().name())
                .put("term", manifest.term())
                .put("logIndex", manifest.logIndex());
        ArrayNode files = body.putArray("files");
        manifest.files()
                .forEach(file -> files.addObject()
                        .put("name", file.name())
                        .put("bytes", file.bytes())
                        .put("sha256", file.sha256()));
        return body;
    }

    private void read(ServerRequest request, ServerResponse response) {
        String id = request.path().pathParameters().get("id");
        String file = request.path().pathParameters().get("file");
        try {
            byte[] bytes = desk.read(id, file, number(request, "offset"), CHUNK_BYTES_MAX)
                    .orElseThrow(
                            () -> new ProblemException(ErrorCode.PATH_UNKNOWN, "The checkpoint is no longer open."));
            AdminAnswer.bytes(response, 200, "application/octet-stream", bytes);
        } catch (SnapshotException e) {
            throw new ProblemException(ErrorCode.NO_LEADER, e.getMessage() + ".");
        }
    }

    private void close(ServerRequest request, ServerResponse response) {
        desk.close(request.path().pathParameters().get("id"));
        AdminAnswer.json(response, 200, JsonNodeFactory.instance.objectNode());
    }

    private GroupId group(String name) {
        for (int partition = 0; partition < desk.cluster().partitions(); partition++) {
            GroupId group = Partitioning.group(partition);
            if (group.name().equals(name)) {
                return group;
            }
        }
        throw new ProblemException(ErrorCode.PATH_UNKNOWN, "There is no partition " + name + ".");
    }

    private static long number(ServerRequest request, String name) {
        String text = request.query().first(name).asOptional().orElse("0");
        if (!text.matches("[0-9]{1,18}")) {
            throw ProblemException.invalidField(name, "must be a whole number");
        }
        return Long.parseLong(text);
    }
}
