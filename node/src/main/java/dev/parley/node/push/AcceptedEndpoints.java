package dev.parley.node.push;

import java.util.Set;

/// What clients may register here.
///
/// @param providers that are configured
public record AcceptedEndpoints(EndpointRules rules, Set<ProviderKind> providers) {

    public AcceptedEndpoints {
        providers = Set.copyOf(providers);
    }

    /// Of a node that pushes nothing.
    public static AcceptedEndpoints none() {
        return new AcceptedEndpoints(new EndpointRules(false), Set.of());
    }
}
