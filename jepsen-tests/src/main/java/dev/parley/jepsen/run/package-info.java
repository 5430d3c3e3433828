/// One run from start to verdict, and suites of runs.
@NullMarked
package dev.parley.jepsen.run;

import org.jspecify.annotations.NullMarked;
