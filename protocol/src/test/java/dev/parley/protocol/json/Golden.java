package dev.parley.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The bytes on the wire as files. `-Dparley.golden=rewrite` writes them anew: commit only a difference that you can
/// explain to the author of a client.
final class Golden {
    private static final Path ROOT = Path.of("src/test/resources/golden");

    static final String FRAMES = "frames";
    static final String BODIES = "bodies";

    /// Requires the bytes to be those of the file.
    static void check(String folder, String name, byte[] encoded) {
        Path file = file(folder, name);
        String text = new String(encoded, StandardCharsets.UTF_8) + "\n";
        try {
            if ("rewrite".equals(System.getProperty("parley.golden"))) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, text);
            }
            assertThat(text).as(name).isEqualTo(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The bytes of the file.
    static byte[] read(String folder, String name) {
        try {
            return Files.readString(file(folder, name)).strip().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(String folder, String name) {
        return ROOT.resolve(folder).resolve(name + ".json");
    }

    private Golden() {}
}
