/// The file format of the Raft log: commands to bytes and back.
@NullMarked
package dev.parley.node.log;

import org.jspecify.annotations.NullMarked;
