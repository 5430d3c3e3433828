/// The tables of a partition: their keys and rows, and the views that the rules and readers have of them.
@NullMarked
package dev.parley.node.tables;

import org.jspecify.annotations.NullMarked;
