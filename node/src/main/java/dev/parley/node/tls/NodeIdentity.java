package dev.parley.node.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which node a certificate speaks for: an alternative name `parley://CLUSTER/nodes/NODE`.
public record NodeIdentity(String cluster, String node) {
    private static final Pattern URI = Pattern.compile("parley://([a-z0-9-]{1,32})/nodes/([a-z0-9-]{1,32})");
    private static final Pattern CLUSTER_URI = Pattern.compile("parley://([a-z0-9-]{1,32})");
    private static final int URI_NAME = 6;

    /// The identity in a certificate, if it has exactly one.
    public static Optional<NodeIdentity> of(X509Certificate certificate) {
        List<Matcher> found = uris(certificate).stream()
                .map(URI::matcher)
                .filter(Matcher::matches)
                .toList();
        return found.size() == 1
                ? Optional.of(new NodeIdentity(
                        found.getFirst().group(1), found.getFirst().group(2)))
                : Optional.empty();
    }

    /// The cluster of an authority's certificate.
    public static Optional<String> clusterOf(X509Certificate authority) {
        return uris(authority).stream()
                .map(CLUSTER_URI::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst();
    }

    /// The name of an authority in its certificate.
    public static String clusterUri(String cluster) {
        return "parley://" + cluster;
    }

    /// The name in the certificate.
    public String uri() {
        return clusterUri(cluster) + "/nodes/" + node;
    }

    private static List<String> uris(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> Integer.valueOf(URI_NAME).equals(name.getFirst()))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of(); // a certificate that nobody can read speaks for nobody
        }
    }
}
