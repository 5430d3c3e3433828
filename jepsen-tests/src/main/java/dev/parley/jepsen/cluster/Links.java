package dev.parley.jepsen.cluster;

import java.util.List;

/// The network: who can reach whom. Clients are one machine, named `clients`.
public interface Links {

    String CLIENTS = "clients";

    /// A direction of a cable.
    record Way(String from, String to) {}

    /// Silently drops all that goes these ways, at once, besides what is cut already.
    void cut(List<Way> ways);

    /// Lets everything through again, at once.
    void heal();

    /// How many packets were dropped so far.
    long dropped();
}
