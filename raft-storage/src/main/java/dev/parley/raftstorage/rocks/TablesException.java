package dev.parley.raftstorage.rocks;

import java.util.List;
import java.util.Locale;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/// The tables of a group could not be opened, read or written: a failing disk, a full one, or damaged files.
public final class TablesException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final List<String> NOT_THE_FILES = List.of(
            "no space left", "permission denied", "lock hold", "while lock file", "too many open files", "read-only");

    public TablesException(String message, Throwable cause) {
        super(message, cause);
    }

    public TablesException(String message) {
        super(message);
    }

    /// Whether the files themselves are at fault, as far as RocksDB can tell: not a full disk, a missing
    /// permission, a lock held by another process or too many open files.
    public boolean damaged() {
        if (!(getCause() instanceof RocksDBException cause)) {
            return true;
        }
        Status status = cause.getStatus();
        if (status == null) {
            return true;
        }
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return status.getSubCode() != Status.SubCode.NoSpace
                && NOT_THE_FILES.stream().noneMatch(text::contains);
    }
}
