package dev.parley.jepsen.cluster;

import com.fasterxml.jackson.databind.JsonNode;

/// What a node says of its partitions: the answer of `/admin/v1/status`.
public record NodeView(JsonNode status) {

    /// Terms of all partitions together: each election makes it more.
    public long terms() {
        long terms = 0;
        for (JsonNode partition : status.path("partitions")) {
            terms += partition.path("term").asLong();
        }
        return terms;
    }

    /// The index of the node that leads most partitions.
    int mostLeading(int nodes) {
        int[] led = new int[nodes];
        for (JsonNode partition : status.path("partitions")) {
            String leader = partition.path("leader").asText();
            if (leader.matches("n\\d+")) {
                int index = Integer.parseInt(leader.substring(1)) - 1;
                led[index] += index < nodes ? 1 : 0;
            }
        }
        int most = 0;
        for (int index = 1; index < nodes; index++) {
            most = led[index] > led[most] ? index : most;
        }
        return most;
    }

    /// Whether every group runs with all its replicas among the voters.
    boolean allReplicasVote(int partitions, int nodes) {
        if (status.path("partitions").size() != partitions) {
            return false;
        }
        for (JsonNode partition : status.path("partitions")) {
            boolean running = "RUNNING".equals(partition.path("state").asText());
            if (!running || partition.path("replicas").size() != nodes) {
                return false;
            }
        }
        return true;
    }
}
