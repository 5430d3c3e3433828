/// What clients and nemesis did and saw: operations, and the files that hold them.
@NullMarked
package dev.parley.jepsen.history;

import org.jspecify.annotations.NullMarked;
