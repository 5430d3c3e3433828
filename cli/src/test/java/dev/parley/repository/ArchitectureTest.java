package dev.parley.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The classes of all modules keep to [ArchitectureRules], and each rule notices when it is broken.
class ArchitectureTest {
    private static final List<String> MODULES =
            List.of("protocol", "chat", "raft-storage", "node", "client", "jepsen-tests", "cli");

    /// What breaks each rule. Libraries that are not on this module's class path are planted too.
    private static final Map<String, List<String>> BREAKS = Map.ofEntries(
            breaks("protocol knows no other module", in("protocol", "dev.parley.chat.X"), type("dev.parley.chat")),
            breaks("chat knows no other module", in("chat", "dev.parley.protocol.X"), type("dev.parley.protocol")),
            breaks(
                    "raft-storage knows no other module",
                    in("raftstorage.rocks", "dev.parley.chat.X"),
                    type("dev.parley.chat")),
            breaks(
                    "node knows protocol, chat and raft-storage",
                    in("node.gate", "dev.parley.client.X"),
                    type("dev.parley.client")),
            breaks("client knows protocol", in("client", "dev.parley.node.edge.X"), type("dev.parley.node.edge")),
            breaks("cli knows client and protocol", in("cli", "dev.parley.node.X"), type("dev.parley.node")),
            breaks(
                    "jepsen-tests knows client and protocol",
                    in("jepsen", "dev.parley.node.X"),
                    type("dev.parley.node")),
            breaks("Ratis in one package", in("raftstorage", "org.apache.ratis.X"), type("org.apache.ratis")),
            breaks("RocksDB in one package", in("node.tables", "org.rocksdb.X"), type("org.rocksdb")),
            breaks(
                    "Chronicle in one package",
                    in("raftstorage.queue", "net.openhft.chronicle.X"),
                    type("net.openhft.chronicle")),
            breaks("Tink in one package", in("node.push", "com.google.crypto.tink.X"), type("com.google.crypto.tink")),
            breaks("Helidon at the edges of the node", in("node.gate", "io.helidon.X"), type("io.helidon")),
            breaks("Pushy in one package", in("node.push", "com.eatthepath.X"), type("com.eatthepath")),
            breaks(
                    "Bouncy Castle where certificates are made and keys are read",
                    in("node.peer", "org.bouncycastle.X"),
                    type("org.bouncycastle")),
            breaks("OpenSearch in one package", in("jepsen.run", "org.opensearch.X"), type("org.opensearch")),
            breaks("gRPC between nodes", in("node.gate", "io.grpc.stub.X"), type("io.grpc.stub")),
            breaks("Netty between nodes", in("node.edge", "io.netty.X"), type("io.netty")),
            breaks(
                    "Protobuf where bytes are kept or sent",
                    in("chat", "com.google.protobuf.X"),
                    type("com.google.protobuf")),
            breaks(
                    "Jackson where text is read",
                    in("protocol", "com.fasterxml.jackson.core.X"),
                    type("com.fasterxml.jackson.core")),
            breaks(
                    "JWT where tokens are made or checked",
                    in("node.edge", "com.nimbusds.jwt.X"),
                    type("com.nimbusds.jwt")),
            breaks("no thread, file, net or clock in chat", in("chat", "java.util.concurrent.locks.ReentrantLock")),
            breaks(
                    "no call for time or chance in chat",
                    "package dev.parley.chat; class Broken { long now() { return System.nanoTime(); } }"),
            breaks(
                    "no text to bytes without a charset",
                    "package dev.parley.chat; class Broken { byte[] x() { return \"x\".getBytes(); } }"),
            breaks(
                    "no cycle between packages",
                    "package dev.parley.node.gate; public class Broken { dev.parley.node.edge.X x; }",
                    "package dev.parley.node.edge; public class X { dev.parley.node.gate.Broken back; }"));

    @TempDir
    Path folder;

    private static JavaClasses parley = new ClassFileImporter().importPaths(List.<Path>of());

    @BeforeAll
    static void import_all_modules() {
        List<Path> folders = MODULES.stream()
                .map(module -> Path.of("..", module, "target", "classes"))
                .toList();
        assertThat(folders)
                .as("classes of all modules: run `mvn verify` at the root")
                .allMatch(Files::isDirectory);
        parley = new ClassFileImporter().importPaths(folders);
    }

    static Stream<String> rules() {
        return ArchitectureRules.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void parley_keeps_the_rule(String rule) {
        assertThatNoException()
                .isThrownBy(() -> Objects.requireNonNull(ArchitectureRules.all().get(rule))
                        .allowEmptyShould(true)
                        .check(parley));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void a_class_that_breaks_the_rule_is_noticed(String rule) throws IOException {
        String[] sources = Objects.requireNonNull(BREAKS.get(rule), "nothing breaks: " + rule)
                .toArray(String[]::new);

        JavaClasses planted = PlantedClasses.of(folder, sources);

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> Objects.requireNonNull(ArchitectureRules.all().get(rule))
                        .check(planted))
                .withMessageContaining("Broken");
    }

    @Test
    void every_module_of_the_build_is_looked_at() throws IOException {
        String pom = Files.readString(Path.of("..", "pom.xml"));

        // The profile's module holds no classes: it makes a package of the others.
        assertThat(pom.replace("<module>systemd</module>", "").split("<module>", -1))
                .hasSize(MODULES.size() + 1);
        assertThat(MODULES).allSatisfy(module -> assertThat(pom).contains("<module>" + module + "</module>"));
    }

    private static Map.Entry<String, List<String>> breaks(String rule, String... sources) {
        return Map.entry(rule, List.of(sources));
    }

    /// A class in one of our packages that knows another.
    private static String in(String place, String known) {
        return "package dev.parley." + place + "; public class Broken { " + known + " known; }";
    }

    private static String type(String place) {
        return "package " + place + "; public class X {}";
    }
}
