package dev.parley.node.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A configuration as it was read, which still knows where each value was written.
///
/// `load` refuses what no node could have meant (unknown keys, wrong types, ranges); [#check] what cannot work on this
/// machine or in this combination, such as a missing secret file.
public final class ConfigFile {
    /// Far above any real file: somebody gave the wrong one.
    private static final long FILE_BYTES_MAX = 1 << 20;

    private final String source;
    private final NodeConfig config;
    private final Map<String, Place> places;

    private ConfigFile(String source, NodeConfig config, Map<String, Place> places) {
        this.source = source;
        this.config = config;
        this.places = places;
    }

    /// Reads a file.
    ///
    /// @param environment variables, of which `PARLEY_HTTP_PORT` overrides `http.port` and so on
    /// @throws ConfigException with one sentence: file, line, key, and what is allowed
    public static ConfigFile load(Path path, Map<String, String> environment) {
        Path file = path.toAbsolutePath().normalize();
        try {
            if (Files.isDirectory(file)) {
                throw new ConfigException("the configuration file " + path + " is a directory.");
            }
            if (Files.exists(file) && Files.size(file) > FILE_BYTES_MAX) {
                throw new ConfigException("the configuration file %s has more than %d bytes; is it the right file?"
                        .formatted(path, FILE_BYTES_MAX));
            }
            return parse(Files.readString(file), file, environment);
        } catch (CharacterCodingException e) {
            throw new ConfigException("the configuration file " + path + " is not UTF-8 text.", e);
        } catch (IOException e) {
            throw new ConfigException(
                    "the configuration file %s cannot be read (%s).".formatted(path, Reason.of(e)), e);
        }
    }

    /// Reads a text as if it stood in a file.
    ///
    /// @param file for messages, and its folder for relative paths
    /// @throws ConfigException as [#load]
    public static ConfigFile parse(String yaml, Path file, Map<String, String> environment) {
        Path absolute = file.toAbsolutePath().normalize();
        Path folder = absolute.getParent() == null ? absolute : absolute.getParent();
        YamlNode root = YamlReader.read(yaml, file.toString());
        if (root instanceof YamlNode.Empty) {
            throw root.place().error("the configuration file is empty; see config/parley.example.yaml.");
        }
        ConfigBinder binder = new ConfigBinder(folder, environment);
        NodeConfig config = binder.bind(root);
        return new ConfigFile(file.toString(), config, binder.places());
    }

    public NodeConfig config() {
        return config;
    }

    /// Checks what depends on other keys, files and this machine; reads secrets, and forgets them.
    ///
    /// @return this, for `load(…).check().config()`
    /// @throws ConfigException as [#load]
    public ConfigFile check() {
        new ConfigChecks(config, this::error).run();
        return this;
    }

    /// The settings in force as YAML that can be loaded again; a comment says where each came from, if not this file.
    public String print() {
        return new ConfigPrinter(source, places).print(config);
    }

    /// An error at the place where the first of the keys that is not a default was written, or else the section around
    /// the first.
    private ConfigException error(List<String> keys, String sentence) {
        String around = keys.getFirst();
        List<String> candidates = new ArrayList<>(keys);
        while (!around.isEmpty()) {
            around = around.substring(0, Math.max(0, Math.max(around.lastIndexOf('.'), around.lastIndexOf('['))));
            candidates.add(around);
        }
        return candidates.stream()
                .flatMap(key -> Stream.ofNullable(places.get(key)))
                .filter(place -> !place.equals(ConfigBinder.DEFAULT))
                .findFirst()
                .orElse(Place.whole(source))
                .error(sentence);
    }
}
