/// Who is here now: in memory at the leader of each user's partition, refreshed by gateways, told to who watches.
@NullMarked
package dev.parley.node.presence;

import org.jspecify.annotations.NullMarked;
