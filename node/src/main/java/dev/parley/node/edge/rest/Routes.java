package dev.parley.node.edge.rest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/// The paths of the REST protocol and who answers them.
final class Routes {
    private final List<Route> routes = new ArrayList<>();

    /// Answers a call, or throws what becomes a problem.
    @FunctionalInterface
    interface Answer {
        Reply to(Call call);
    }

    /// What a request's method and path lead to.
    sealed interface Match {

        /// The route of this method and path.
        ///
        /// @param path what the placeholders stand for
        record Found(Answer answer, Map<String, String> path) implements Match {}

        /// The path exists, but not with this method.
        record OtherMethods(SequencedSet<String> allowed) implements Match {}

        record Nothing() implements Match {}
    }

    /// Adds a route.
    ///
    /// @param path such as `/v1/devices/{deviceId}`
    Routes on(String method, String path, Answer answer) {
        routes.add(new Route(method, segments(path), answer));
        return this;
    }

    /// Where a request goes.
    ///
    /// @param path the decoded segments of the request's path
    Match find(String method, List<String> path) {
        SequencedSet<String> allowed = new LinkedHashSet<>();
        for (Route route : routes) {
            if (route.matches(path)) {
                if (route.method().equals(method)) {
                    return new Match.Found(route.answer(), route.placeholders(path));
                }
                allowed.add(route.method());
                if (route.method().equals("GET")) {
                    allowed.add("HEAD");
                }
            }
        }
        return allowed.isEmpty() ? new Match.Nothing() : new Match.OtherMethods(allowed);
    }

    /// The segments of a path; a slash at the end makes a last, empty one.
    static List<String> segments(String path) {
        return path.startsWith("/") ? List.of(path.substring(1).split("/", -1)) : List.of(path);
    }

    private record Route(String method, List<String> segments, Answer answer) {
        boolean matches(List<String> path) {
            if (path.size() != segments.size()) {
                return false;
            }
            for (int i = 0; i < path.size(); i++) {
                boolean fits = isPlaceholder(segments.get(i))
                        ? !path.get(i).isEmpty()
                        : segments.get(i).equals(path.get(i));
                if (!fits) {
                    return false;
                }
            }
            return true;
        }

        Map<String, String> placeholders(List<String> path) {
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < path.size(); i++) {
                String segment = segments.get(i);
                if (isPlaceholder(segment)) {
                    values.put(segment.substring(1, segment.length() - 1), path.get(i));
                }
            }
            return values;
        }

        private static boolean isPlaceholder(String segment) {
            return segment.startsWith("{");
        }
    }
}
