package dev.parley.node.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.node.cluster.ClusterAdmin;
import dev.parley.node.system.ClusterState;
import dev.parley.node.system.Facts;
import dev.parley.node.system.Job;
import dev.parley.node.system.Move;
import dev.parley.node.system.NodeEntry;
import dev.parley.node.system.NodeReport;
import dev.parley.node.system.Planner;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The cluster as JSON for the command line.
final class ClusterJson {

    private ClusterJson() {}

    static ObjectNode of(ClusterAdmin.Picture picture) {
        ClusterState state = picture.state();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("version", state.version())
                .put("replication", state.replication())
                .put("wantedReplicas", state.wantedReplicas())
                .put("featureLevel", state.featureLevel());
        ArrayNode nodes = json.putArray("nodes");
        state.nodes().forEach(node -> nodes.add(node(picture, node)));
        ArrayNode groups = json.putArray("groups");
        state.placement().forEach((group, replicas) -> groups.add(group(picture.facts(), group, replicas)));
        ArrayNode jobs = json.putArray("jobs");
        state.jobs().forEach(job -> jobs.add(job(job)));
        return json;
    }

    private static ObjectNode node(ClusterAdmin.Picture picture, NodeEntry node) {
        Optional<NodeReport> report =
                Optional.ofNullable(picture.facts().reports().get(node.id()));
        long leads = picture.state().placement().keySet().stream()
                .filter(group -> picture.facts()
                        .leader(group)
                        .filter(led -> led.node().equals(node.id()))
                        .isPresent())
                .count();
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", node.id().value())
                .put("state", node.state().name().toLowerCase(java.util.Locale.ROOT))
                .put("zone", node.zone())
                .put("host", node.address().host())
                .put("raftPort", node.address().raftPort())
                .put("peerPort", node.address().peerPort())
                .put("httpUrl", node.address().httpUrl())
                .put("answers", report.isPresent())
                .put("ready", report.filter(NodeReport::ready).isPresent())
                .put("replicas", picture.state().held(node.id()).size())
                .put("leads", leads)
                .put("freeBytes", report.map(NodeReport::freeBytes).orElse(0L));
    }

    private static ObjectNode group(Facts facts, GroupId group, List<NodeId> replicas) {
        Optional<Facts.Led> led = facts.leader(group);
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("group", group.name());
        ArrayNode placed = json.putArray("placement");
        replicas.forEach(node -> placed.add(node.value()));
        json.put("leader", led.map(found -> found.node().value()).orElse(null));
        ArrayNode voters = json.putArray("voters");
        led.ifPresent(found -> found.status().replicas().forEach(node -> voters.add(node.value())));
        List<String> troubles = new ArrayList<>();
        long lag = 0;
        if (led.isEmpty()) {
            troubles.add("no leader answers");
        } else {
            for (NodeId voter : led.get().status().replicas()) {
                lag = Math.max(lag, facts.lag(led.get(), voter).orElse(0L));
                if (!facts.sound(led.get(), voter)) {
                    troubles.add(voter + " is not sound");
                }
            }
        }
        json.put("bytes", led.map(Facts.Led::bytes).orElse(0L))
                .put("entries", led.map(found -> found.status().commitIndex()).orElse(0L))
                .put("lag", lag);
        ArrayNode list = json.putArray("troubles");
        troubles.forEach(list::add);
        return json;
    }

    static ObjectNode job(Job job) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("number", job.number())
                .put("kind", job.kind().name().toLowerCase(java.util.Locale.ROOT))
                .put("state", job.state().name().toLowerCase(java.util.Locale.ROOT))
                .put("node", job.node().map(NodeId::value).orElse(null))
                .put("rateBytes", job.rateBytes())
                .put("startedMillis", job.startedMillis())
                .put("endedMillis", job.endedMillis())
                .put("note", job.note())
                .put(
                        "ended",
                        job.moves().stream().filter(move -> move.step().ended()).count());
        ArrayNode moves = json.putArray("moves");
        job.moves().forEach(move -> moves.add(move(move)));
        return json;
    }

    private static ObjectNode move(Move move) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("group", move.group().name())
                .put("add", move.add().map(NodeId::value).orElse(null))
                .put("remove", move.remove().map(NodeId::value).orElse(null))
                .put("step", move.step().name().toLowerCase(java.util.Locale.ROOT))
                .put("note", move.note());
    }

    static ObjectNode plan(ClusterAdmin.Picture picture, List<Move> moves) {
        Facts facts = picture.facts();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("moves");
        long bytes = 0;
        for (Move move : moves) {
            long size = facts.leader(move.group()).map(Facts.Led::bytes).orElse(0L);
            bytes += size;
            list.add(move(move).put("bytes", size));
        }
        json.put("bytes", bytes);
        Map<GroupId, NodeId> leaders = new HashMap<>();
        picture.state()
                .placement()
                .keySet()
                .forEach(group -> facts.leader(group).ifPresent(led -> leaders.put(group, led.node())));
        json.put("leaderMoves", Planner.leaders(picture.state(), leaders).size());
        ArrayNode nodes = json.putArray("nodes");
        Planner.loads(picture.state(), moves)
                .forEach((node, after) -> nodes.addObject()
                        .put("id", node.value())
                        .put("replicas", picture.state().held(node).size())
                        .put("replicasAfter", after)
                        .put(
                                "leads",
                                leaders.values().stream().filter(node::equals).count()));
        return json;
    }
}
