/// `parley backup`: takes a cluster's partitions to a repository, checks them, and makes a new cluster of them.
@NullMarked
package dev.parley.node.backup;

import org.jspecify.annotations.NullMarked;
