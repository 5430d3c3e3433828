package dev.parley.node.config;

import dev.parley.node.tls.KeyMaterial;
import dev.parley.raftstorage.NodeId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// All settings of one node. A component is a key of the YAML file, in kebab-case; a record is a section.
///
/// Holds paths of secrets, never secrets, so it may be logged and printed. `config/parley.example.yaml`
/// explains each
/// key; [ConfigFile] reads them.
public record NodeConfig(
        Identity node,
        Cluster cluster,
        Http http,
        Admin admin,
        ClientLimits limits,
        Presence presence,
        Storage storage,
        Auth auth,
        Push push) {

    /// The entry of this node in [Cluster#nodes].
    public ClusterNode self() {
        return cluster.nodes().stream()
                .filter(other -> other.id().equals(node.id()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("node.id is not among cluster.nodes: " + node.id()));
    }

    /// Which node this is, and where it keeps its data.
    public record Identity(NodeId id, Path dataDir) {}

    /// What all nodes of the cluster must have alike.
    ///
    /// @param partitions fixed when the cluster is founded
    /// @param replication how many nodes hold each partition; see [#replicas]
    /// @param tls by which nodes know each other; without it their ports are as safe as the network is
    /// @param allowPlainText whether the ports between nodes may be open to other machines without `tls`
    public record Cluster(
            @Setting(pattern = "[a-z0-9-]{1,32}") String name,
            Path secretFile,
            @Setting(byDefault = "16", min = 1, max = 64) int partitions,
            @Setting(min = 1, max = 5) Optional<Integer> replication,
            @Setting(min = 1, max = 64) List<ClusterNode> nodes,
            Optional<Join> join,
            Optional<ClusterTls> tls,
            @Setting(byDefault = "false") boolean allowPlainText) {
        public Cluster {
            nodes = List.copyOf(nodes);
        }

        /// How many nodes hold each partition: as configured, else 3 if there are so many nodes, else 1. Never
        /// 2, which
        /// would stop at the loss of either.
        public int replicas() {
            return replication.orElse(nodes.size() >= 3 ? 3 : 1);
        }

        /// How many nodes should hold each partition once there are so many.
        public int wantedReplicas() {
            return replication.orElse(3);
        }
    }

    /// What `parley certs` made for this node.
    ///
    /// @param caFile the cluster's authority
    public record ClusterTls(Path certificateFile, Path keyFile, Path caFile) {
        public KeyMaterial.Files files() {
            return new KeyMaterial.Files(certificateFile, keyFile, Optional.of(caFile));
        }
    }

    /// What the client port shows.
    ///
    /// @param certificateFile the certificate, then those between it and its authority
    public record HttpTls(Path certificateFile, Path keyFile) {
        public KeyMaterial.Files files() {
            return new KeyMaterial.Files(certificateFile, keyFile, Optional.empty());
        }
    }

    /// The cluster that a new node joins, instead of founding one.
    ///
    /// @param address `host:port` of any of its nodes' peer ports
    /// @param tokenFile holds what `parley node token` made
    public record Join(
            @Setting(pattern = "[A-Za-z0-9._-]{1,253}:[0-9]{1,5}")
            String address,

            Path tokenFile) {}

    /// One node, as the others reach it.
    ///
    /// @param raftPort for replication
    /// @param peerPort for forwarded requests and snapshots
    /// @param httpUrl where clients reach it, for the status page
    /// @param zone a label such as a rack or a room; replicas of one partition are kept in different ones
    public record ClusterNode(
            NodeId id,
            @Setting(pattern = "[A-Za-z0-9._:-]{1,253}") String host,
            @Setting(min = 1, max = 65_535) int raftPort,
            @Setting(min = 1, max = 65_535) int peerPort,
            URI httpUrl,

            @Setting(pattern = "[A-Za-z0-9._-]{1,64}") Optional<String> zone) {}

    /// The listener for clients.
    ///
    /// @param port 0 takes any free port
    /// @param publicUrl what clients are told to connect to, if it is not the host that they called
    /// @param allowPlainText whether it may be open to other machines without `tls`
    /// @param allowedOrigins web pages that may connect; if empty, those of the host that they call
    public record Http(
            @Setting(byDefault = "127.0.0.1", pattern = "[A-Za-z0-9._:-]{1,253}")
            String host,

            @Setting(byDefault = "8080", max = 65_535) int port,
            @Setting(byDefault = "false") boolean allowPlainText,
            Optional<URI> publicUrl,
            @Setting(max = 100) List<String> allowedOrigins,

            @Setting(byDefault = "20000", min = 1, max = 1_000_000)
            int maxConnections,

            Optional<HttpTls> tls) {
        public Http {
            allowedOrigins = List.copyOf(allowedOrigins);
        }
    }

    /// The listener for operators.
    ///
    /// @param port 0 takes any free port
    /// @param tokenFile holds the bearer token that every call under `/admin` needs, if given
    public record Admin(
            @Setting(byDefault = "127.0.0.1", pattern = "[A-Za-z0-9._:-]{1,253}")
            String host,

            @Setting(byDefault = "9080", max = 65_535) int port,
            Optional<Path> tokenFile) {}

    /// What one client may take of the node.
    ///
    /// @param sendsPerSecond messages of one user; 0 for no limit
    /// @param sendsBurst messages that a user may post at once; at least `sendsPerSecond`
    /// @param requestsPerSecond other calls and frames of one user; 0 for no limit
    /// @param requestsBurst calls that a user may make at once; at least `requestsPerSecond`
    /// @param requestDeadline how long a request waits for a leader before it is answered with an error
    /// @param sessionBufferBytes sent to a session and not yet taken by its socket; above, it is closed
    ///     with 4008
    /// @param slowWriteAfter a socket that takes no byte for so long is closed with 4008
    public record ClientLimits(
            @Setting(byDefault = "200", max = 1_000_000) int sendsPerSecond,
            @Setting(byDefault = "1000", max = 1_000_000) int sendsBurst,
            @Setting(byDefault = "200", max = 1_000_000) int requestsPerSecond,
            @Setting(byDefault = "2000", max = 1_000_000) int requestsBurst,
            @Setting(byDefault = "10s", min = 1, max = 300) Duration requestDeadline,

            @Setting(byDefault = "262144", min = 65_536, max = 67_108_864)
            int sessionBufferBytes,

            @Setting(byDefault = "10s", min = 1, max = 300) Duration slowWriteAfter) {}

    /// How soon others hear who came and went.
    ///
    /// @param heartbeat how often a node repeats to the leaders who is connected to it
    /// @param offlineAfter when a user whose connection broke without a goodbye is offline; two heartbeats
    ///     or more
    public record Presence(
            @Setting(byDefault = "30s", min = 1, max = 300) Duration heartbeat,

            @Setting(byDefault = "90s", min = 2, max = 3_600)
            Duration offlineAfter) {}

    /// Disk and memory of the replicas.
    ///
    /// @param freeBytesMin and `freePercentMin`: with less free disk than either, writes are refused
    /// @param pendingBytesMax of one partition, submitted and not yet answered; above, writes are refused
    /// @param blockCacheMb shared by all partitions
    /// @param writeBufferMb shared by all partitions
    /// @param scrubEvery how often the replicas of a partition are compared
    /// @param scrubMbPerSecond read for that, on all nodes together
    public record Storage(
            @Setting(byDefault = "1073741824") long freeBytesMin,
            @Setting(byDefault = "5", max = 90) int freePercentMin,

            @Setting(byDefault = "16777216", min = 1_048_576, max = 1_073_741_824)
            long pendingBytesMax,

            @Setting(byDefault = "64", min = 8, max = 65_536)
            int blockCacheMb,

            @Setting(byDefault = "96", min = 8, max = 65_536)
            int writeBufferMb,

            @Setting(byDefault = "24h", min = 1, max = 31_536_000)
            Duration scrubEvery,

            @Setting(byDefault = "8", min = 1, max = 10_000) int scrubMbPerSecond) {}

    /// Whose tokens are taken.
    ///
    /// @param jwt issuers besides the node itself, which signs tokens for its own accounts
    /// @param sessionTokenTtl how long a session token lives
    public record Auth(
            @Setting(max = 16) List<JwtIssuer> jwt,

            @Setting(byDefault = "30d", min = 60, max = 31_536_000)
            Duration sessionTokenTtl) {
        public Auth {
            jwt = List.copyOf(jwt);
        }
    }

    /// An issuer of bearer tokens. Exactly one of `keyFile`, `jwksFile` and `jwksUrl` is given.
    ///
    /// @param name for logs and messages
    /// @param issuer the `iss` that its tokens must carry
    /// @param audience an `aud` that its tokens must carry
    /// @param userClaim holds the user's id
    /// @param keyFile the public key in PEM, or the shared secret of HS256 (raw, hex or base64)
    public record JwtIssuer(
            @Setting(pattern = "[a-z0-9-]{1,32}") String name,
            Optional<String> issuer,
            Optional<String> audience,
            @Setting(byDefault = "sub") String userClaim,
            JwtAlgorithm algorithm,
            Optional<Path> keyFile,
            Optional<Path> jwksFile,
            Optional<URI> jwksUrl) {}

    /// Signature algorithms, named as in RFC 7518 and RFC 8037.
    public enum JwtAlgorithm {
        HS256,
        RS256,
        ES256,
        EdDSA
    }

    /// Who brings notices to devices without a session; without a provider there are none.
    ///
    /// @param preview whether providers may see the text of messages
    /// @param timeout within which a provider's answer must be there
    /// @param timeToLive how long a provider keeps a notice for a device that it cannot reach
    public record Push(
            @Setting(byDefault = "false") boolean preview,
            @Setting(byDefault = "10s", min = 1, max = 60) Duration timeout,

            @Setting(byDefault = "1d", min = 60, max = 2_419_200)
            Duration timeToLive,

            Optional<Apns> apns,
            Optional<Fcm> fcm,
            Optional<WebPush> webpush) {}

    /// Apple's service.
    ///
    /// @param keyFile the team's key (.p8)
    /// @param topic the app's bundle id
    /// @param endpoint which of Apple's servers, or another one for tests
    /// @param trustedCertificates in PEM, instead of the JDK's
    /// @param permits notices under way at once
    public record Apns(
            Path keyFile,
            @Setting(pattern = "[A-Z0-9]{10}") String keyId,
            @Setting(pattern = "[A-Z0-9]{10}") String teamId,
            @Setting(pattern = "[A-Za-z0-9.-]{1,255}") String topic,

            @Setting(byDefault = "production", pattern = "production|development|[A-Za-z0-9.-]+:[0-9]{1,5}")
            String endpoint,

            Optional<Path> trustedCertificates,

            @Setting(byDefault = "500", min = 1, max = 10_000)
            int permits) {}

    /// Google's service.
    ///
    /// @param serviceAccountFile the key of a service account that may send messages (JSON)
    /// @param endpoint where messages go; another one for tests
    /// @param trustedCertificates in PEM, instead of the JDK's
    /// @param permits notices under way at once
    public record Fcm(
            Path serviceAccountFile,

            @Setting(byDefault = "https://fcm.googleapis.com")
            URI endpoint,

            Optional<Path> trustedCertificates,

            @Setting(byDefault = "100", min = 1, max = 10_000)
            int permits) {}

    /// The services of browsers.
    ///
    /// @param keyFile the VAPID key that `parley push vapid` has made
    /// @param subject whom a push service may write to
    /// @param allowPrivateAddresses also send to addresses of this machine and its network; for tests only
    /// @param trustedCertificates in PEM, instead of the JDK's
    /// @param permits notices under way at once
    public record WebPush(
            Path keyFile,
            @Setting(pattern = "(mailto:|https://).{1,200}") String subject,
            @Setting(byDefault = "false") boolean allowPrivateAddresses,
            Optional<Path> trustedCertificates,

            @Setting(byDefault = "100", min = 1, max = 10_000)
            int permits) {}
}
