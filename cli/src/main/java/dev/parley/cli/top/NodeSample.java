package dev.parley.cli.top;

import com.fasterxml.jackson.databind.JsonNode;

/// What one node said at one moment.
///
/// @param nanos of [System#nanoTime], when it said it
record NodeSample(String id, long nanos, JsonNode status, MetricsText metrics) {}
