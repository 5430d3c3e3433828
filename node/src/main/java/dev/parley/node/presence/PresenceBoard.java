package dev.parley.node.presence;

import dev.parley.node.placement.LeaderBoard;
import dev.parley.node.placement.Partitioning;
import dev.parley.node.presence.PresenceReport.Seat;
import dev.parley.raftstorage.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/// Who is online among the users whose partitions this node leads. In memory only: a new leader begins with
/// nothing and
/// hears all of it again from the gateways. Thread-safe; nothing here blocks.
final class PresenceBoard {
    private final Presence.Place place;
    private final PresenceSettings settings;
    private final Presence.Time time;
    private final BiConsumer<NodeId, List<PresenceState>> pushing;
    private final Map<Integer, LedUsers> led = new TreeMap<>();

    /// @param pushing tells a gateway; must not block and must not call back
    PresenceBoard(
            Presence.Place place,
            PresenceSettings settings,
            Presence.Time time,
            BiConsumer<NodeId, List<PresenceState>> pushing) {
        this.place = place;
        this.settings = settings;
        this.time = time;
        this.pushing = pushing;
    }

    /// Takes a gateway's report.
    synchronized PresenceReply report(PresenceReport report) {
        long nowNanos = time.nanos().getAsLong();
        long nowMillis = time.wall().millis();
        Set<Integer> notLed = new TreeSet<>();
        for (Seat seat : report.live()) {
            of(seat.userId(), notLed).ifPresent(users -> users.live(seat, nowNanos, nowMillis));
        }
        for (Seat seat : report.left()) {
            of(seat.userId(), notLed).ifPresent(users -> users.left(seat, nowMillis));
        }
        for (String userId : report.touched()) {
            of(userId, notLed).ifPresent(users -> users.touch(userId));
        }
        push();
        List<PresenceState> states = new ArrayList<>();
        for (String userId : report.watched()) {
            of(userId, notLed).ifPresent(users -> {
                users.follow(userId, report.gateway(), nowNanos);
                users.state(userId).ifPresent(states::add);
            });
        }
        for (String userId : report.asked()) {
            of(userId, notLed).flatMap(users -> users.state(userId)).ifPresent(states::add);
        }
        return new PresenceReply(states, notLed);
    }

    /// Ends what was not repeated in time, and what another node leads now. Called every second or so.
    ///
    /// @return who went offline without a goodbye
    synchronized List<String> sweep() {
        List<String> lapsed = new ArrayList<>();
        for (int partition = 0; partition < place.partitioning().partitions(); partition++) {
            led(partition).ifPresent(users -> {
                users.sweep(time.nanos().getAsLong());
                lapsed.addAll(users.takeLapsed());
            });
        }
        push();
        return lapsed;
    }

    /// What is known of a user whose partition this node leads; empty while that is not known yet, or led
    /// elsewhere.
    synchronized Optional<PresenceState> state(String userId) {
        return led(place.partitioning().partitionOf(userId)).flatMap(users -> users.state(userId));
    }

    /// Users online, of those partitions that this node leads.
    synchronized int online() {
        return led.values().stream().mapToInt(LedUsers::online).sum();
    }

    private Optional<LedUsers> of(String userId, Set<Integer> notLed) {
        int partition = place.partitioning().partitionOf(userId);
        Optional<LedUsers> users = led(partition);
        if (users.isEmpty()) {
            notLed.add(partition);
        }
        return users;
    }

    /// The users of a partition, if this node leads it; a new term begins with nobody.
    private Optional<LedUsers> led(int partition) {
        LeaderBoard.Standing standing = place.leaders().standing(Partitioning.group(partition));
        if (!standing.servedBy(place.self())) {
            led.remove(partition);
            return Optional.empty();
        }
        return Optional.of(led.compute(
                partition,
                (_, users) -> users != null && users.term() == standing.term()
                        ? users
                        : new LedUsers(standing.term(), settings, time.nanos().getAsLong())));
    }

    private void push() {
        Map<NodeId, List<PresenceState>> byGateway = new TreeMap<>();
        for (LedUsers users : led.values()) {
            for (PresenceState change : users.takeChanges()) {
                users.followers(change.userId())
                        .forEach(gateway -> byGateway
                                .computeIfAbsent(gateway, _ -> new ArrayList<>())
                                .add(change));
            }
        }
        byGateway.forEach(pushing);
    }
}
