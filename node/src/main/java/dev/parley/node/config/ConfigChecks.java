package dev.parley.node.config;

import dev.parley.node.config.NodeConfig.ClusterNode;
import dev.parley.node.config.NodeConfig.JwtAlgorithm;
import dev.parley.node.config.NodeConfig.JwtIssuer;
import dev.parley.raftstorage.NodeId;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What no single key can be blamed for, and what the files that a configuration names must be.
final class ConfigChecks {
    private static final Pattern ORIGIN = Pattern.compile("https?://[A-Za-z0-9.\\[\\]:-]+");
    private static final Set<Integer> REPLICATION = Set.of(1, 3, 5);

    /// Makes an error that names the line of the first key that was written.
    @FunctionalInterface
    interface Errors {
        ConfigException at(List<String> keys, String sentence);
    }

    private final NodeConfig config;
    private final Errors errors;

    ConfigChecks(NodeConfig config, Errors errors) {
        this.config = config;
        this.errors = errors;
    }

    void run() {
        checkNodes();
        checkReplication();
        checkOwnPorts();
        checkHttp();
        checkAdmin();
        new TlsChecks(config, errors).run();
        checkBurst("sends", config.limits().sendsPerSecond(), config.limits().sendsBurst());
        checkBurst(
                "requests", config.limits().requestsPerSecond(), config.limits().requestsBurst());
        checkPresence(config.presence());
        readSecret("cluster.secret-file", config.cluster().secretFile());
        checkIssuers();
        checkPush();
    }

    private void checkNodes() {
        List<ClusterNode> nodes = config.cluster().nodes();
        Map<String, String> taken = new HashMap<>();
        Set<NodeId> ids = new HashSet<>();
        for (int index = 0; index < nodes.size(); index++) {
            ClusterNode node = nodes.get(index);
            String key = "cluster.nodes[%d]".formatted(index);
            require(ids.add(node.id()), key + ".id", "the node id " + node.id() + " is given to two nodes.");
            refuseTaken(taken, node.host() + ":" + node.raftPort(), key + ".raft-port");
            refuseTaken(taken, node.host() + ":" + node.peerPort(), key + ".peer-port");
        }
        String known = nodes.stream().map(node -> node.id().value()).collect(Collectors.joining(", "));
        require(
                ids.contains(config.node().id()),
                "node.id",
                "node.id must be one of cluster.nodes (%s), but is \"%s\"."
                        .formatted(known, config.node().id()));
    }

    private void checkReplication() {
        int nodes = config.cluster().nodes().size();
        Optional<Integer> replication = config.cluster().replication();
        replication.ifPresent(replicas -> require(
                REPLICATION.contains(replicas) && replicas <= nodes,
                "cluster.replication",
                "cluster.replication must be 1, 3 or 5 and at most the number of nodes (%d), but is %d."
                        .formatted(nodes, replicas)));
    }

    private void checkOwnPorts() {
        ClusterNode self = config.self();
        Map<String, String> taken = new HashMap<>();
        refuseTaken(taken, "port " + self.raftPort(), "raft-port of cluster.nodes " + self.id());
        refuseTaken(taken, "port " + self.peerPort(), "peer-port of cluster.nodes " + self.id());
        if (config.http().port() != 0) {
            refuseTaken(taken, "port " + config.http().port(), "http.port");
        }
        if (config.admin().port() != 0) {
            refuseTaken(taken, "port " + config.admin().port(), "admin.port");
        }
    }

    private void checkHttp() {
        String host = config.http().host();
        require(
                config.http().tls().isPresent() || config.http().allowPlainText() || Loopback.is(host),
                "http.host",
                ("http.host \"%s\" can be reached from other machines, and there is no http.tls; give it, or put a TLS "
                                + "proxy in front and set http.allow-plain-text: true, or listen on 127.0.0.1.")
                        .formatted(host));
        List<String> origins = config.http().allowedOrigins();
        for (int index = 0; index < origins.size(); index++) {
            String key = "http.allowed-origins[%d]".formatted(index);
            require(
                    ORIGIN.matcher(origins.get(index)).matches(),
                    key,
                    "%s must be an origin such as https://chat.example.org, without a path, but is \"%s\"."
                            .formatted(key, origins.get(index)));
        }
    }

    private void checkAdmin() {
        String host = config.admin().host();
        require(
                config.admin().tokenFile().isPresent() || Loopback.is(host),
                "admin.host",
                "admin.host \"%s\" can be reached from other machines; set admin.token-file, or listen on 127.0.0.1."
                        .formatted(host));
        config.admin().tokenFile().ifPresent(file -> {
            try {
                SecretFile.token(file);
            } catch (ConfigException e) {
                throw errors.at(List.of("admin.token-file"), "admin.token-file: " + e.getMessage());
            }
        });
    }

    private void checkBurst(String what, int perSecond, int burst) {
        String key = "limits." + what + "-burst";
        String rate = "limits." + what + "-per-second";
        if (burst < perSecond) {
            throw errors.at(
                    List.of(key, rate),
                    "%s must be at least %s (%d), but is %d.".formatted(key, rate, perSecond, burst));
        }
    }

    private void checkPresence(NodeConfig.Presence presence) {
        if (presence.offlineAfter().compareTo(presence.heartbeat().multipliedBy(2)) < 0) {
            throw errors.at(
                    List.of("presence.offline-after", "presence.heartbeat"),
                    "presence.offline-after must be at least twice presence.heartbeat (%ds), but is %ds."
                            .formatted(
                                    presence.heartbeat().toSeconds(),
                                    presence.offlineAfter().toSeconds()));
        }
    }

    private void checkIssuers() {
        List<JwtIssuer> issuers = config.auth().jwt();
        Set<String> names = new HashSet<>();
        for (int index = 0; index < issuers.size(); index++) {
            String key = "auth.jwt[%d]".formatted(index);
            String name = issuers.get(index).name();
            require(names.add(name), key + ".name", "the name %s is given to two issuers in auth.jwt.".formatted(name));
            checkIssuer(key, issuers.get(index));
        }
    }

    private void checkIssuer(String key, JwtIssuer issuer) {
        long sources = issuer.keyFile().stream().count()
                + issuer.jwksFile().stream().count()
                + issuer.jwksUrl().stream().count();
        require(
                sources == 1,
                key,
                "%s must have exactly one of key-file, jwks-file and jwks-url, but has %d.".formatted(key, sources));
        boolean shared = issuer.algorithm() == JwtAlgorithm.HS256;
        require(
                !shared || issuer.keyFile().isPresent(),
                key + ".algorithm",
                "%s: HS256 takes its secret from key-file only.".formatted(key));
        issuer.keyFile().ifPresent(file -> {
            if (shared) {
                readSecret(key + ".key-file", file);
            } else {
                requireReadable(key + ".key-file", file);
            }
        });
        issuer.jwksFile().ifPresent(file -> requireReadable(key + ".jwks-file", file));
        issuer.jwksUrl().ifPresent(url -> requirePrivate(key + ".jwks-url", url));
    }

    private void checkPush() {
        config.push().apns().ifPresent(apns -> {
            requireSecret("push.apns.key-file", apns.keyFile());
            checkCertificates("push.apns", apns.trustedCertificates());
        });
        config.push().fcm().ifPresent(fcm -> {
            requireSecret("push.fcm.service-account-file", fcm.serviceAccountFile());
            requirePrivate("push.fcm.endpoint", fcm.endpoint());
            checkCertificates("push.fcm", fcm.trustedCertificates());
        });
        config.push().webpush().ifPresent(webpush -> {
            requireSecret("push.webpush.key-file", webpush.keyFile());
            checkCertificates("push.webpush", webpush.trustedCertificates());
        });
    }

    private void checkCertificates(String section, Optional<Path> certificates) {
        certificates.ifPresent(file -> requireReadable(section + ".trusted-certificates", file));
    }

    private void requireSecret(String key, Path file) {
        try {
            SecretFile.requirePrivate(file, "docs/runbook/push.md says how to get it.");
        } catch (ConfigException e) {
            throw errors.at(List.of(key), key + ": " + e.getMessage());
        }
    }

    private void requirePrivate(String key, URI url) {
        require(
                "https".equals(url.getScheme()) || Loopback.is(url.getHost()),
                key,
                "%s must begin with https://, but is \"%s\".".formatted(key, url));
    }

    private void requireReadable(String key, Path file) {
        require(
                Files.isRegularFile(file) && Files.isReadable(file),
                key,
                "%s: the file %s does not exist or cannot be read.".formatted(key, file));
    }

    private void readSecret(String key, Path file) {
        try {
            SecretFile.bytes(file);
        } catch (ConfigException e) {
            throw errors.at(List.of(key), key + ": " + e.getMessage());
        }
    }

    private void refuseTaken(Map<String, String> taken, String port, String key) {
        String other = taken.putIfAbsent(port, key);
        if (other != null) {
            throw errors.at(List.of(key, other), "%s and %s are both %s.".formatted(other, key, port));
        }
    }

    private void require(boolean holds, String key, String sentence) {
        if (!holds) {
            throw errors.at(List.of(key), sentence);
        }
    }
}
