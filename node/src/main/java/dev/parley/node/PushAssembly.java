package dev.parley.node;

import dev.parley.node.config.DataDirectory;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.push.AcceptedEndpoints;
import dev.parley.node.push.EndpointRules;
import dev.parley.node.push.ProviderKind;
import dev.parley.node.push.PushDesk;
import dev.parley.node.push.lane.PushFeed;
import dev.parley.node.push.lane.PushLane;
import dev.parley.node.push.lane.PushParts;
import dev.parley.raftstorage.chronicle.ChronicleQueues;
import dev.parley.raftstorage.queue.DiskRoom;
import dev.parley.raftstorage.queue.LocalQueue;
import dev.parley.raftstorage.queue.LocalQueues;
import dev.parley.raftstorage.queue.QueueLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// Puts together what pushes the users of partitions led here.
final class PushAssembly {

    /// Starts a lane for each provider, and what feeds them. The local queue is begun anew: the outbox has what
    /// it had.
    static PushFeed start(Node node, NodeConfig.Push settings, PushDesk desk, DataDirectory data, PushParts parts)
            throws IOException {
        Path folder = Files.createDirectories(data.path().resolve("push-queue"));
        LocalQueues queues =
                new ChronicleQueues(folder, QueueLimits.DEFAULT, DiskRoom.of(folder), Clock.systemUTC(), (_, _) -> {});
        LocalQueue queue = queues.open("push", data.identity().clusterId());
        node.up("push-queue", queue::close);
        queue.clear();
        List<PushLane> lanes = new ArrayList<>();
        for (ProviderKind kind : desk.providers()) {
            PushLane lane = new PushLane(kind, parts, desk, queue, PushLane.Limits.of(settings.timeToLive()));
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
