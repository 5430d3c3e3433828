package dev.parley.raftstorage.rocks;

import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Priority;
import org.rocksdb.RateLimiter;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksObject;
import org.rocksdb.WriteBufferManager;

/// What the databases of all groups of a node share: background threads, block cache, budget of memtables, rate of
/// background writes. Close it after the last [RocksTables].
///
/// The figures are for nodes of two cores and 16 to 64 groups (research/storage.md, section 9).
public final class RocksRuntime implements AutoCloseable {
    private static final int OPEN_FILES_MAX_PER_GROUP = 256;

    /// Of 64 groups with four families each, most memtables are nearly empty: they begin with blocks of this size.
    private static final long ARENA_BLOCK_BYTES = 64 << 10;

    private static final long BLOCK_BYTES = 16 << 10;
    private static final double BLOOM_BITS_PER_KEY = 10;

    static {
        RocksDB.loadLibrary();
    }

    private final Env env = Env.getDefault();
    private final Cache cache;
    private final WriteBufferManager memtables;
    private final RateLimiter backgroundWrites;
    private final BloomFilter bloomFilter = new BloomFilter(BLOOM_BITS_PER_KEY);
    private final Sizes sizes;

    public RocksRuntime(Sizes sizes) {
        this.sizes = sizes;
        env.setBackgroundThreads(2, Priority.LOW);
        env.setBackgroundThreads(1, Priority.HIGH);
        cache = new LRUCache(sizes.blockCacheBytes());
        memtables = new WriteBufferManager(sizes.memtableBytesAll(), cache);
        backgroundWrites = new RateLimiter(sizes.backgroundWriteBytesPerSecond());
    }

    DBOptions newDatabaseOptions() {
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setEnv(env)
                .setAtomicFlush(true)
                // A crash must look like a crash: what close() should keep is flushed explicitly.
                .setAvoidFlushDuringShutdown(true)
                .setWriteBufferManager(memtables)
                .setRateLimiter(backgroundWrites)
                .setMaxOpenFiles(OPEN_FILES_MAX_PER_GROUP)
                .setMaxBackgroundJobs(2)
                .setBytesPerSync(1 << 20)
                .setStatsDumpPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2);
    }

    ColumnFamilyOptions newFamilyOptions() {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setFilterPolicy(bloomFilter)
                .setBlockSize(BLOCK_BYTES)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true);
        return new ColumnFamilyOptions()
                .setTableFormatConfig(table)
                .setWriteBufferSize(sizes.memtableBytesEach())
                .setArenaBlockSize(ARENA_BLOCK_BYTES)
                .setLevelCompactionDynamicLevelBytes(true)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setBottommostCompressionType(CompressionType.ZSTD_COMPRESSION);
    }

    @Override
    public void close() {
        List.<RocksObject>of(backgroundWrites, memtables, cache, bloomFilter).forEach(RocksObject::close);
    }

    /// How much memory and disk the databases of a node may use.
    ///
    /// @param memtableBytesAll over all groups; above it the largest is flushed
    /// @param memtableBytesEach of one family of one group
    public record Sizes(
            long blockCacheBytes, long memtableBytesAll, long memtableBytesEach, long backgroundWriteBytesPerSecond) {
        public static final Sizes DEFAULT = new Sizes(64L << 20, 96L << 20, 8L << 20, 64L << 20);
    }
}
