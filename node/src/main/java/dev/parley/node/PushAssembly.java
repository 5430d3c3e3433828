package dev.parley.node;

import dev.parley.node.config.DataDirectory;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.push.AcceptedEndpoints;
import dev.parley.node.push.EndpointRules;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushDesk;
import dev.parley.node.push.PushQueueTrouble;
import dev.parley.node.push.lane.PushFeed;
import dev.parley.node.push.lane.PushLane;
import dev.parley.node.push.lane.PushParts;
import dev.parley.node.push.lane.PushQueue;
import dev.parley.raftstorage.chronicle.ChronicleQueues;
import dev.parley.raftstorage.queue.DiskRoom;
import dev.parley.raftstorage.queue.QueueLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Puts together what pushes the users of partitions led here.
final class PushAssembly {

    /// Starts a lane for each provider, and what feeds them.
    ///
    /// @param rebuilt told when the local queue was broken and was begun anew
    static PushFeed start(
            Node node,
            NodeConfig.Push settings,
            PushDesk desk,
            DataDirectory data,
            PushParts parts,
            Consumer<PushQueueTrouble> rebuilt)
            throws IOException {
        Path folder = Files.createDirectories(data.path().resolve("push-queue"));
        DiskRoom room = DiskRoom.of(folder);
        PushQueue queue = new PushQueue(
                listener -> new ChronicleQueues(folder, QueueLimits.DEFAULT, room, Clock.systemUTC(), listener),
                data.identity().clusterId(),
                rebuilt);
        node.up("push-queue", queue::close);
        List<PushLane> lanes = new ArrayList<>();
        for (ProviderKind kind : desk.providers()) {
            PushLane lane = new PushLane(kind, parts, desk, PushLane.Limits.of(settings.timeToLive()));
            node.up("push-lane-" + kind.wire(), lane::close);
            lanes.add(lane);
        }
        PushFeed feed = new PushFeed(parts, queue, lanes);
        node.up("push-feed", feed::close);
        return feed;
    }

    /// What clients may register.
    static AcceptedEndpoints endpoints(NodeConfig.Push push, PushDesk desk) {
        boolean allowPrivate =
                push.webpush().map(NodeConfig.WebPush::allowPrivateAddresses).orElse(false);
        return new AcceptedEndpoints(new EndpointRules(allowPrivate), desk.providers());
    }

    private PushAssembly() {}
}
