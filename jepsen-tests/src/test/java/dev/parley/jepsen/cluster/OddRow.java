package dev.parley.jepsen.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Changes one row of a replica on disk behind Parley's back, as a disk or a bug might: a program of its own
/// opens the
/// database, with the RocksDB that the node brings, for this module knows nothing of it.
final class OddRow {
    private static final String PROGRAM = """
            import java.util.*;
            import org.rocksdb.*;

            public class Plant {
                public static void main(String[] args) throws Exception {
                    RocksDB.loadLibrary();
                    List<ColumnFamilyDescriptor> families = new ArrayList<>();
                    for (byte[] name : RocksDB.listColumnFamilies(new Options(), args[0])) {
                        families.add(new ColumnFamilyDescriptor(name));
                    }
                    List<ColumnFamilyHandle> handles = new ArrayList<>();
                    try (RocksDB db = RocksDB.open(new DBOptions(), args[0], families, handles)) {
                        for (ColumnFamilyHandle handle : handles) {
                            if (new String(handle.getName()).equals("log")) {
                                RocksIterator rows = db.newIterator(handle);
                                rows.seekToFirst();
                                if (!rows.isValid()) {
                                    System.exit(3); // no record in this partition
                                }
                                byte[] value = rows.value();
                                value[value.length - 1] ^= 1;
                                byte[] key = rows.key();
                                rows.close();
                                db.put(handle, key, value);
                                db.flush(new FlushOptions().setWaitForFlush(true), handle);
                            }
                        }
                    }
                }
            }
            """;
    private static final int NO_RECORD = 3;

    private OddRow() {}

    /// Changes the last byte of the first record of the first partition that has one.
    ///
    /// @param data the data directory of a node that does not run
    /// @return the partition
    static int plant(Path data, int partitions) throws Exception {
        Path program = Files.writeString(data.resolveSibling("Plant.java"), PROGRAM);
        Path lib = NodeProcess.Build.fromSystemProperties().target().resolve("lib");
        for (int partition = 0; partition < partitions; partition++) {
            Path tables = data.resolve("storage/tables/p-00" + partition + "/live");
            Process java = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "--class-path",
                            lib + File.separator + "*",
                            program.toString(),
                            tables.toString())
                    .inheritIO()
                    .start();
            assertThat(java.waitFor(1, TimeUnit.MINUTES)).isTrue();
            if (java.exitValue() != NO_RECORD) {
                assertThat(java.exitValue()).isZero();
                return partition;
            }
        }
        throw new AssertionError("no partition has a record");
    }
}
