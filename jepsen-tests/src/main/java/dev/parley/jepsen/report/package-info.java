/// What a run leaves for people to look at.
@NullMarked
package dev.parley.jepsen.report;

import org.jspecify.annotations.NullMarked;
