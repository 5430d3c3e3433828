package dev.parley.jepsen.cluster;

import java.nio.file.Path;
import java.util.List;

/// What the kernel answers to a node's calls, which can be made false.
public interface Syscalls {

    /// From now on these calls of a node are answered falsely.
    ///
    /// @param calls such as `fsync,fdatasync`
    /// @param how in the words of `strace -e inject`, such as `error=EIO`
    /// @param files only calls for these; all if empty
    Lie inject(int index, String calls, String how, List<Path> files) throws InterruptedException;

    /// A false answer that goes on.
    interface Lie {

        /// Ends it.
        ///
        /// @return how many calls were answered falsely
        long end() throws InterruptedException;
    }
}
