package dev.parley.repository;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Who may know whom (design section 2). Arrows never turn.
final class ArchitectureRules {
    private static final Set<String> CLOCK_AND_CHANCE = Set.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.lang.Math.random",
            "java.time.Instant.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.util.UUID.randomUUID",
            "java.util.concurrent.ThreadLocalRandom.current");

    /// Every rule by its name.
    static Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("protocol knows no other module", module("protocol"));
        rules.put("chat knows no other module", module("chat"));
        rules.put("raft-storage knows no other module", module("raftstorage"));
        rules.put("node knows protocol, chat and raft-storage", module("node", "protocol", "chat", "raftstorage"));
        rules.put("client knows protocol", module("client", "protocol"));
        rules.put("cli knows client and protocol", module("cli", "client", "protocol"));
        rules.put("jepsen-tests knows client and protocol", module("jepsen", "client", "protocol"));
        rules.put("Ratis in one package", only("org.apache.ratis", "raftstorage.ratis"));
        rules.put("RocksDB in one package", only("org.rocksdb", "raftstorage.rocks"));
        rules.put("Chronicle in one package", only("net.openhft", "raftstorage.chronicle"));
        rules.put("Tink in one package", only("com.google.crypto.tink", "node.backup"));
        rules.put("Helidon at the edges of the node", only("io.helidon", "node.edge", "node.admin", "node.push.https"));
        rules.put("Pushy in one package", only("com.eatthepath", "node.push.apns"));
        rules.put(
                "Bouncy Castle where certificates are made and keys are read",
                only("org.bouncycastle", "node.certs", "node.tls"));
        rules.put("OpenSearch in one package", only("org.opensearch", "jepsen.checker"));
        rules.put("gRPC between nodes", only("io.grpc", "node.peer"));
        rules.put("Netty between nodes", only("io.netty", "node.peer"));
        rules.put("Protobuf where bytes are kept or sent", protobuf());
        rules.put("Jackson where text is read", jackson());
        rules.put("JWT where tokens are made or checked", jwt());
        rules.put("no thread, file, net or clock in chat", chatTypes());
        rules.put("no call for time or chance in chat", chatCalls());
        rules.put("no cycle between packages", noCycle());
        return rules;
    }

    private static ArchRule protobuf() {
        return only("com.google.protobuf", "node.peer", "node.log", "node.tables");
    }

    private static ArchRule jackson() {
        return only(
                "com.fasterxml.jackson",
                "protocol.json",
                "node.config",
                "node.admin",
                "node.backup",
                "node.certs",
                "node.doctor",
                "node.push.webpush",
                "node.push.fcm",
                "cli",
                "jepsen");
    }

    private static ArchRule jwt() {
        return only("com.nimbusds", "node.auth", "node.push.webpush", "node.push.fcm");
    }

    /// What assembles a program sees all of it; nothing else may close a circle.
    private static ArchRule noCycle() {
        return slices().matching("dev.parley.(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(DescribedPredicate.describe("assembles", ArchitectureRules::assembles), alwaysTrue());
    }

    private static boolean assembles(JavaClass type) {
        return type.getName().equals("dev.parley.cli.Main")
                || type.getName().matches("dev\\.parley\\.node\\.(Main|Node).*");
    }

    private static ArchRule module(String module, String... mayKnow) {
        String[] ours = Arrays.stream(mayKnow).map(ArchitectureRules::packages).toArray(String[]::new);
        return classes()
                .that()
                .resideInAPackage(packages(module))
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("dev.parley.."))
                        .or(resideInAPackage(packages(module)))
                        .or(resideInAnyPackage(ours)));
    }

    private static ArchRule only(String library, String... places) {
        String[] ours = Arrays.stream(places).map(ArchitectureRules::packages).toArray(String[]::new);
        return noClasses()
                .that()
                .resideOutsideOfPackages(ours)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library + "..");
    }

    private static ArchRule chatTypes() {
        return noClasses()
                .that()
                .resideInAPackage(packages("chat"))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "java.io..",
                                "java.nio.file..",
                                "java.nio.channels..",
                                "java.net..",
                                "java.util.concurrent..",
                                "org.slf4j..")
                        .or(isOneOf(Thread.class, Clock.class, Random.class, RandomGenerator.class)));
    }

    private static ArchRule chatCalls() {
        return noClasses()
                .that()
                .resideInAPackage(packages("chat"))
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "asks for time or chance",
                        (JavaCall<?> call) ->
                                CLOCK_AND_CHANCE.contains(call.getTargetOwner().getFullName() + "." + call.getName())));
    }

    private static DescribedPredicate<JavaClass> isOneOf(Class<?>... types) {
        return DescribedPredicate.describe(
                "is one of " + Arrays.toString(types),
                type -> Arrays.stream(types).anyMatch(type::isAssignableTo));
    }

    private static String packages(String name) {
        return "dev.parley." + name + "..";
    }

    private ArchitectureRules() {}
}
