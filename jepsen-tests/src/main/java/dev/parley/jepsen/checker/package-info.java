/// What a history says about the cluster: each checker looks for one kind of wrong.
@NullMarked
package dev.parley.jepsen.checker;

import org.jspecify.annotations.NullMarked;
