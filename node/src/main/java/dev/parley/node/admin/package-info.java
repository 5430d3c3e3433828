/// The operator's HTTP listener: health, metrics, accounts and tokens, the cluster's state.
@NullMarked
package dev.parley.node.admin;

import org.jspecify.annotations.NullMarked;
