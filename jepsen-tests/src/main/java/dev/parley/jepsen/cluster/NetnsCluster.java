package dev.parley.jepsen.cluster;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/// Nodes in network namespaces of their own, each with a disk of its own, on one Linux machine; needs root.
/// Only one such
/// cluster can be on a machine: what a former run left is removed first, and what this one makes is removed at
/// its end, at
/// Ctrl-C too.
public final class NetnsCluster implements Cluster {

    private static final List<String> TOOLS =
            List.of("ip", "nft", "nsenter", "mkfs.ext4", "dumpe2fs", "mount", "umount", "truncate", "kill", "strace");

    private final LocalCluster nodes;
    private final NetnsLinks links;
    private final LoopDisks disks;
    private final Strace strace;
    private final Thread atExit;

    private NetnsCluster(LocalCluster nodes, NetnsLinks links, LoopDisks disks, Strace strace, Thread atExit) {
        this.nodes = nodes;
        this.links = links;
        this.disks = disks;
        this.strace = strace;
        this.atExit = atExit;
    }

    /// What this machine lacks for such a cluster; empty if nothing.
    public static Optional<String> lacking() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("the netns backend needs root");
        }
        List<String> missing = TOOLS.stream()
                .filter(tool -> List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
                        .noneMatch(folder -> Files.isExecutable(Path.of(folder, tool))))
                .toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("the netns backend needs " + String.join(", ", missing));
    }

    /// Starts nodes and moves the calling thread, which must not have started clients yet, to the clients'
    /// network.
    public static NetnsCluster start(Path folder, int nodeCount) throws InterruptedException {
        clean();
        Thread atExit = Thread.ofPlatform().name("clean-netns").unstarted(NetnsCluster::cleanAtExit);
        Runtime.getRuntime().addShutdownHook(atExit);
        NetnsLinks links = NetnsLinks.up(nodeCount);
        AtomicReference<LocalCluster> started = new AtomicReference<>();
        LoopDisks disks = LoopDisks.make(folder, nodeCount, new LoopDisks.Processes() {
            @Override
            public void pause(int index) throws InterruptedException {
                started.get().pause(index);
            }

            @Override
            public void kill(int index) throws InterruptedException {
                started.get().kill(index);
            }
        });
        List<Place> places = new ArrayList<>();
        for (int node = 0; node < nodeCount; node++) {
            places.add(new Place(
                    NetnsLinks.address(node),
                    8080,
                    9080,
                    10080,
                    11080,
                    disks.mount(node).resolve("data"),
                    List.of("nsenter", "--net=/run/netns/" + NetnsLinks.namespace(node))));
        }
        Native.enterNetwork(Path.of("/run/netns", NetnsLinks.CONTROL));
        LocalCluster nodes =
                LocalCluster.start(folder, places, "storage: {free-bytes-min: 67108864, free-percent-min: 1}\n");
        started.set(nodes);
        return new NetnsCluster(nodes, links, disks, new Strace(folder, nodes::pid), atExit);
    }

    /// Removes what former runs have left on this machine.
    public static void clean() throws InterruptedException {
        NetnsLinks.clean();
        LoopDisks.clean();
    }

    private static void cleanAtExit() {
        try {
            clean();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the next start cleans up
        }
    }

    @Override
    public Optional<Links> links() {
        return Optional.of(links);
    }

    @Override
    public Optional<Disks> disks() {
        return Optional.of(disks);
    }

    @Override
    public Optional<Syscalls> syscalls() {
        return Optional.of(strace);
    }

    @Override
    public void close() {
        nodes.close();
        cleanAtExit();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // the machine is on its way out, and the hook does the same again
        }
    }

    @Override
    public int size() {
        return nodes.size();
    }

    @Override
    public List<URI> urls() {
        return nodes.urls();
    }

    @Override
    public String token(String userId) throws InterruptedException {
        return nodes.token(userId);
    }

    @Override
    public Optional<NodeView> view(int index) throws InterruptedException {
        return nodes.view(index);
    }

    @Override
    public boolean isAlive(int index) {
        return nodes.isAlive(index);
    }

    @Override
    public void kill(int index) throws InterruptedException {
        nodes.kill(index);
    }

    @Override
    public void stop(int index) throws InterruptedException {
        nodes.stop(index);
    }

    @Override
    public int moveLeaders(SplittableRandom random) throws InterruptedException {
        return nodes.moveLeaders(random);
    }

    @Override
    public void awaitWhole() throws InterruptedException {
        nodes.awaitWhole();
    }

    @Override
    public void restart(int index) {
        nodes.restart(index);
    }

    @Override
    public void pause(int index) throws InterruptedException {
        nodes.pause(index);
    }

    @Override
    public void resume(int index) throws InterruptedException {
        nodes.resume(index);
    }

    @Override
    public String processState(int index) {
        return nodes.processState(index);
    }

    @Override
    public void awaitReady(int index) throws InterruptedException {
        nodes.awaitReady(index);
    }

    @Override
    public Path dataDirectory(int index) {
        return nodes.dataDirectory(index);
    }

    @Override
    public Path logFile(int index) {
        return nodes.logFile(index);
    }
}
