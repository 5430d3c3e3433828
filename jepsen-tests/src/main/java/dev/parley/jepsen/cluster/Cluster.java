package dev.parley.jepsen.cluster;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Some nodes of one cluster, on some backend. What a backend cannot do, it does not have: [#links] and
/// [#disks] are
/// empty there, and a nemesis that needs them is skipped.
public interface Cluster extends AutoCloseable {

    int size();

    /// The name of a node, from its index: `n1` is 0.
    default String id(int index) {
        return "n" + (index + 1);
    }

    /// The base URLs of the nodes for clients.
    List<URI> urls();

    /// A bearer token for a user, whose account is made if there is none; from the first node that answers.
    String token(String userId) throws InterruptedException;

    /// What a node says of its partitions.
    ///
    /// @return empty if it does not answer now
    Optional<NodeView> view(int index) throws InterruptedException;

    boolean isAlive(int index);

    /// Kills a node (SIGKILL) and returns when it is gone.
    void kill(int index) throws InterruptedException;

    /// Stops a node in order (SIGTERM) and returns when it is gone.
    void stop(int index) throws InterruptedException;

    /// Starts a node that does not run, on what its disk holds; it is ready some time later.
    void restart(int index);

    /// Stops a node in its tracks (SIGSTOP).
    void pause(int index) throws InterruptedException;

    void resume(int index) throws InterruptedException;

    /// The letter that the kernel gives to the state of the node's process: `T` when it was stopped.
    String processState(int index);

    /// Waits until a node says that it is ready.
    void awaitReady(int index) throws InterruptedException;

    /// Asks for the leader of each group to be another node than now.
    ///
    /// @return for how many groups it was done
    int moveLeaders(SplittableRandom random) throws InterruptedException;

    /// Waits until every group has a sound replica on every node: one that runs, votes and has what is
    /// committed.
    void awaitWhole() throws InterruptedException;

    Path dataDirectory(int index);

    Path logFile(int index);

    /// The cables between nodes, and between clients and nodes.
    default Optional<Links> links() {
        return Optional.empty();
    }

    /// The disks of the nodes, whose power can be cut.
    default Optional<Disks> disks() {
        return Optional.empty();
    }

    /// False answers of the kernel to the nodes.
    default Optional<Syscalls> syscalls() {
        return Optional.empty();
    }

    @Override
    void close();

    /// The node that leads most partitions, as the first node says that answers.
    default int mostLeading() throws InterruptedException {
        for (int asked = 0; asked < size(); asked++) {
            Optional<NodeView> view = view(asked);
            if (view.isPresent()) {
                return view.get().mostLeading(size());
            }
        }
        throw new IllegalStateException("no node tells who leads");
    }
}
