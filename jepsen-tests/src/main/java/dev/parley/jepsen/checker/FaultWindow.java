package dev.parley.jepsen.checker;

import dev.parley.jepsen.history.History;
import dev.parley.jepsen.history.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The time during which a fault was there. The nemesis writes `start-NAME` and `stop-NAME`; a start whose
/// fault leaves a
/// majority that must go on serving says so by its value `[:majority …]`.
///
/// @param proof what shows that the fault bit; blank if nothing does
public record FaultWindow(String fault, long fromNanos, long toNanos, boolean majorityLeft, String proof) {

    private static final String START = "start-";
    private static final String STOP = "stop-";

    public static List<FaultWindow> of(History history) {
        List<FaultWindow> windows = new ArrayList<>();
        Map<String, Op> open = new HashMap<>();
        history.nemesis().forEach(op -> {
            if (op.f().startsWith(START)) {
                open.put(op.f().substring(START.length()), op);
            } else if (op.f().startsWith(STOP)) {
                String fault = op.f().substring(STOP.length());
                Op start = open.remove(fault);
                if (start != null) {
                    windows.add(window(fault, start, op.timeNanos(), op.note().orElse("")));
                }
            }
        });
        open.forEach((fault, start) -> windows.add(window(fault, start, history.endNanos(), "")));
        return windows;
    }

    private static FaultWindow window(String fault, Op start, long toNanos, String laterProof) {
        boolean majority = start.value().asList().getFirst().asText().equals("majority");
        String proof = (start.note().orElse("") + " " + laterProof).strip();
        return new FaultWindow(fault, start.timeNanos(), toNanos, majority, proof);
    }
}
