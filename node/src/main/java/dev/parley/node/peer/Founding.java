package dev.parley.node.peer;

import dev.parley.raftstorage.NodeId;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a node with an empty data directory may begin its groups: only if a majority of the cluster has not known it
/// by another directory.
public final class Founding {
    private static final Logger LOG = LoggerFactory.getLogger(Founding.class);
    private static final Duration EVERY = Duration.ofMillis(300);
    private static final Duration INTRODUCTION = Duration.ofSeconds(2);

    private Founding() {}

    /// What the others say.
    public enum Verdict {
        /// A majority, this node counted, has not met it before.
        MAY_FOUND,
        /// Somebody knows the node by another data directory.
        KNOWN_OTHERWISE
    }

    /// Greets the other nodes until each has answered once, so that all know each other's data directories.
    public static void introduce(PeerChannels peers, List<NodeId> others, CountDownLatch cancelled)
            throws InterruptedException {
        Set<NodeId> met = new HashSet<>();
        do {
            others.stream()
                    .filter(other -> !met.contains(other) && peers.greet(other) != PeerChannels.Welcome.NO_ANSWER)
                    .forEach(met::add);
        } while (!met.containsAll(others) && !cancelled.await(INTRODUCTION.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// Asks the other nodes until a majority has answered. Blocks for as long as there is none: nothing could be
    /// committed without it either.
    ///
    /// @param cancelled ends the wait
    public static Verdict ask(PeerChannels peers, List<NodeId> others, CountDownLatch cancelled)
            throws InterruptedException {
        int majority = (others.size() + 1) / 2 + 1;
        Set<NodeId> agreed = new HashSet<>();
        while (agreed.size() + 1 < majority) {
            for (NodeId other : others) {
                switch (peers.greet(other)) {
                    case WELCOME -> agreed.add(other);
                    case KNOWN_OTHERWISE -> {
                        return Verdict.KNOWN_OTHERWISE;
                    }
                    case NO_ANSWER -> LOG.debug("greeting not answered: node={}", other);
                }
            }
            if (agreed.size() + 1 < majority && cancelled.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new InterruptedException("the node is shutting down");
            }
        }
        return Verdict.MAY_FOUND;
    }
}
