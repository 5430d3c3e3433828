package dev.parley.cli.bench;

import java.util.ArrayList;
import java.util.List;

/// What the checks found. The first three must be nought.
///
/// @param lost acknowledged, but absent from the history or never received
/// @param duplicated one message at two places of its conversation, or shown twice
/// @param outOfOrder a place that contradicts the acknowledgement, the order of sending or the order of time
/// @param phantoms records that nobody sent
/// @param unconfirmed without acknowledgement, but in the history: an outcome that the server left open
/// @param examples a few of the findings, in words
record Findings(
        long lost,
        long duplicated,
        long outOfOrder,
        long phantoms,
        long unconfirmed,
        long read,
        List<String> examples) {

    static final Findings NONE = new Findings(0, 0, 0, 0, 0, 0, List.of());
    private static final int EXAMPLES_MAX = 10;

    Findings {
        examples = List.copyOf(examples);
    }

    boolean clean() {
        return lost == 0 && duplicated == 0 && outOfOrder == 0 && phantoms == 0;
    }

    Findings plus(Findings other) {
        List<String> some = new ArrayList<>(examples);
        other.examples.stream().limit(Math.max(0, EXAMPLES_MAX - some.size())).forEach(some::add);
        return new Findings(
                lost + other.lost,
                duplicated + other.duplicated,
                outOfOrder + other.outOfOrder,
                phantoms + other.phantoms,
                unconfirmed + other.unconfirmed,
                read + other.read,
                some);
    }
}
