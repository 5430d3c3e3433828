package dev.parley.raftstorage.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.retry.RetryPolicies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerTrafficOnlyTest {
    private static final GroupId GROUP = new GroupId("p-001");
    private static final NodeId NODE = new NodeId("n1");

    @TempDir
    Path directory;

    @Test
    void whoever_connects_can_neither_ask_for_nor_remove_groups() throws Exception {
        String address = "127.0.0.1:" + TestNode.freePort();
        RaftPeer peer = RaftPeer.newBuilder()
                .setId(ReplicaMoves.peerId(NODE))
                .setAddress(address)
                .build();
        RaftGroupId group = RaftGroupId.valueOf(GroupDirectories.uuid(GROUP));
        RatisGroups<String> groups = new TestNode(NODE.value())
                .start(directory, Map.of(NODE, address), Map.of(GROUP, List.of(NODE)), TestNode.Options.ALONE);
        try (RaftClient stranger = RaftClient.newBuilder()
                .setProperties(new RaftProperties())
                .setRaftGroup(RaftGroup.valueOf(group, peer))
                .setRetryPolicy(RetryPolicies.noRetry())
                .build()) {
            assertThatThrownBy(
                            () -> stranger.getGroupManagementApi(peer.getId()).list())
                    .hasStackTraceContaining("PERMISSION_DENIED");
            assertThatThrownBy(
                            () -> stranger.getGroupManagementApi(peer.getId()).remove(group, true, false))
                    .hasStackTraceContaining("PERMISSION_DENIED");
            assertThat(groups.statuses()).hasSize(1);
        } finally {
            groups.close();
        }
    }
}
