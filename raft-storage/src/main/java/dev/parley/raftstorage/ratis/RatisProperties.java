package dev.parley.raftstorage.ratis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// Ratis' properties, each with its reason in research/storage.md, section 2. Where Ratis' default is what we want
/// and our safety rests on it, it is set all the same.
final class RatisProperties {
    /// Also the largest entry. Entries of [StorageLimits#ENTRY_BYTES_MAX] fit with their framing.
    static final int APPENDER_BYTES = 1 << 20;

    private static final int PREALLOCATED_BYTES = 512 << 10;

    private RatisProperties() {}

    static RaftProperties of(RatisSettings<?> settings, GroupDirectories directories) {
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(directories.raft().toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(
                properties, directories.removed().toFile());
        RaftServerConfigKeys.setStorageFreeSpaceMin(properties, SizeInBytes.valueOf(0));
        timing(properties, settings.tuning());
        threads(properties);
        log(properties, settings.tuning());
        snapshots(properties, settings.tuning());
        requests(properties, settings);
        grpc(properties, settings.place());
        return properties;
    }

    private static void timing(RaftProperties properties, RatisSettings.Tuning tuning) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, time(tuning.electionMin()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, time(tuning.electionMax()));
        // Before the first leader since start nobody is disturbed by an early election.
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
                properties, time(tuning.electionMin().dividedBy(2)));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
                properties, time(tuning.electionMax().multipliedBy(3).dividedBy(4)));
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, seconds(10));
        RaftServerConfigKeys.Rpc.setSlownessTimeout(properties, seconds(30));
        RaftServerConfigKeys.setCloseThreshold(properties, seconds(300));
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, seconds(5));
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        RaftServerConfigKeys.LeaderElection.setMemberMajorityAdd(properties, false);
        RaftServerConfigKeys.setSleepDeviationThreshold(properties, seconds(1));
        RaftServerConfigKeys.setStagingTimeout(properties, seconds(30));
        RaftServerConfigKeys.Notification.setNoLeaderTimeout(properties, seconds(20));
    }

    /// Pools per group, except the proxy's, which bounds how many groups open at once.
    private static void threads(RaftProperties properties) {
        RaftServerConfigKeys.ThreadPool.setServerCached(properties, false);
        RaftServerConfigKeys.ThreadPool.setServerSize(properties, 2);
        RaftServerConfigKeys.ThreadPool.setClientCached(properties, false);
        RaftServerConfigKeys.ThreadPool.setClientSize(properties, 1);
        RaftServerConfigKeys.ThreadPool.setProxyCached(properties, false);
        RaftServerConfigKeys.ThreadPool.setProxySize(properties, 4);
    }

    private static void log(RaftProperties properties, RatisSettings.Tuning tuning) {
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(tuning.segmentBytes()));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(tuning.segmentBytes()));
        RaftServerConfigKeys.Log.setPreallocatedSize(
                properties, SizeInBytes.valueOf(Math.min(PREALLOCATED_BYTES, tuning.segmentBytes())));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(APPENDER_BYTES));
        RaftServerConfigKeys.Log.Appender.setBufferElementLimit(properties, 0);
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, TimeDuration.valueOf(1, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(APPENDER_BYTES + (64 << 10)));
        RaftServerConfigKeys.Log.setQueueElementLimit(properties, 1024);
        RaftServerConfigKeys.Log.setQueueByteLimit(properties, SizeInBytes.valueOf(8 << 20));
        RaftServerConfigKeys.Log.setForceSyncNum(properties, 128);
        // An entry counts as written only when the disk has it: neither of these.
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        // Followers learn of commits a heartbeat later, which nobody waits for: reads and delivery are the leader's.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, true);
        RaftServerConfigKeys.Log.setReadLockEnabled(properties, true);
    }

    private static void snapshots(RaftProperties properties, RatisSettings.Tuning tuning) {
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, tuning.keptEntries());
        RaftServerConfigKeys.Log.setPurgeGap(properties, Math.toIntExact(Math.min(256, tuning.snapshotEntries())));
        RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, tuning.snapshotEntries());
        RaftServerConfigKeys.Snapshot.setCreationGap(properties, 1);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
    }

    private static void requests(RaftProperties properties, RatisSettings<?> settings) {
        RaftServerConfigKeys.Write.setElementLimit(properties, 512);
        RaftServerConfigKeys.Write.setByteLimit(
                properties,
                SizeInBytes.valueOf(Math.max(16L << 20, settings.limits().pendingBytesMax())));
        RaftServerConfigKeys.Watch.setElementLimit(properties, 4096);
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(properties, true);
        RaftServerConfigKeys.Read.setLeaderLeaseTimeoutRatio(properties, 0.9);
        RaftServerConfigKeys.Read.setTimeout(properties, time(settings.tuning().readTimeout()));
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, seconds(15));
        RaftServerConfigKeys.RetryCache.setStatisticsExpiryTime(properties, seconds(10));
    }

    private static void grpc(RaftProperties properties, RatisSettings.Place place) {
        GrpcConfigKeys.Server.setHost(properties, place.host());
        GrpcConfigKeys.Server.setPort(properties, place.port());
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(8 << 20));
        GrpcConfigKeys.setFlowControlWindow(properties, SizeInBytes.valueOf(1 << 20));
        GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(properties, 8);
        GrpcConfigKeys.Server.setHeartbeatChannel(properties, true);
        GrpcConfigKeys.Server.setBossGroupSize(properties, 1);
        GrpcConfigKeys.Server.setWorkerGroupSize(properties, 2);
        GrpcConfigKeys.Client.setWorkerGroupSize(properties, 2);
        GrpcConfigKeys.Server.setStubPoolSize(properties, 1);
    }

    private static TimeDuration time(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static TimeDuration seconds(int seconds) {
        return TimeDuration.valueOf(seconds, TimeUnit.SECONDS);
    }
}
