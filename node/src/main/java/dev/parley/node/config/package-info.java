/// The node's settings as records, read from one YAML file and the environment, and the data directory they name.
@NullMarked
package dev.parley.node.config;

import org.jspecify.annotations.NullMarked;
