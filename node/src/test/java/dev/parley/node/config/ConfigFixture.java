package dev.parley.node.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/// A configuration that is right, to be made wrong by a test in one place.
final class ConfigFixture {
    static final String SECRET = "9f2c4be1a07d5e3318c6f0b2d49e7a51c83b60fd27a9e415b86d03fc72e1a594";

    private ConfigFixture() {}

    /// One node `n1` of the cluster `test`.
    static String yaml() {
        return """
                node:
                  id: n1
                  data-dir: data
                cluster:
                  name: test
                  secret-file: cluster.secret
                  nodes:
                    - id: n1
                      host: 127.0.0.1
                      raft-port: 10080
                      peer-port: 11080
                      http-url: http://127.0.0.1:8080
                """;
    }

    /// Writes a file that its owner alone may read.
    static Path secretFile(Path file, String content) throws IOException {
        Files.writeString(file, content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    static ConfigFile parse(Path folder, String yaml) {
        return ConfigFile.parse(yaml, folder.resolve("parley.yaml"), Map.of());
    }
}
