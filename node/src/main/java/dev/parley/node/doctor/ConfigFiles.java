package dev.parley.node.doctor;

import dev.parley.node.config.NodeConfig;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The files that a configuration names, found by the type of its keys, so that a new key needs nothing here.
final class ConfigFiles {
    private ConfigFiles() {}

    /// One for each path; a folder of certificates stands for what is in it.
    static List<Path> of(NodeConfig config) {
        List<Path> files = new ArrayList<>();
        collect(config, files);
        files.remove(config.node().dataDir());
        return files.stream().flatMap(ConfigFiles::inside).distinct().toList();
    }

    private static void collect(Object value, List<Path> files) {
        switch (value) {
            case Path path -> files.add(path);
            case Optional<?> optional -> optional.ifPresent(inner -> collect(inner, files));
            case List<?> list -> list.forEach(inner -> collect(inner, files));
            case Record section -> {
                for (RecordComponent component : section.getClass().getRecordComponents()) {
                    if (section.getClass().getEnclosingClass() == NodeConfig.class || section instanceof NodeConfig) {
                        collect(value(section, component), files);
                    }
                }
            }
            default -> {}
        }
    }

    private static Object value(Record section, RecordComponent component) {
        try {
            return component.getAccessor().invoke(section);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a configuration record cannot be read: " + component, e);
        }
    }

    private static Stream<Path> inside(Path path) {
        if (!Files.isDirectory(path)) {
            return Stream.of(path);
        }
        try (Stream<Path> list = Files.list(path)) {
            return list.filter(Files::isRegularFile).sorted().toList().stream();
        } catch (IOException _) {
            return Stream.empty(); // `config check` says what cannot be read
        }
    }
}
