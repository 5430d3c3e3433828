package dev.parley.node.push.webpush;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.node.config.ConfigException;
import dev.parley.node.push.P256;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class VapidCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    @Test
    void the_key_that_is_made_is_one_that_a_node_reads_and_for_its_owner_alone() throws Exception {
        Path file = folder.resolve("vapid.pem");

        assertThat(run("--out", file.toString())).isZero();

        String publicKey = VapidKey.read(file).applicationServerKey();
        assertThat(P256.decode(Base64.getUrlDecoder().decode(publicKey))).isPresent();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(out.toString())
                .contains("\n" + publicKey + "\n", "\n    key-file: \"" + file + "\"\n")
                .doesNotContain("PRIVATE");
    }

    @Test
    void json_is_one_object() throws Exception {
        Path file = folder.resolve("a \"b\".pem");

        assertThat(run("--json", "--out", file.toString())).isZero();

        JsonNode answer = new JsonMapper().readTree(out.toString());
        assertThat(answer.size()).isEqualTo(2);
        assertThat(answer.path("keyFile").asText()).isEqualTo(file.toString());
        assertThat(answer.path("applicationServerKey").asText())
                .isEqualTo(VapidKey.read(file).applicationServerKey());
    }

    @Test
    void two_keys_are_not_alike() {
        run("--json", "--out", folder.resolve("a").toString());
        run("--json", "--out", folder.resolve("b").toString());

        assertThat(out.toString().lines().map(line -> line.substring(line.indexOf("Key\":"))))
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void a_file_that_is_there_is_left_as_it_is() throws Exception {
        Path file = Files.writeString(folder.resolve("vapid.pem"), "precious");

        run("--out", file.toString());

        assertThat(failure.get())
                .isInstanceOf(ConfigException.class)
                .hasMessage("the file " + file + " is there already and was left as it is; name another with --out.");
        assertThat(file).hasContent("precious");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void a_folder_that_is_not_there_is_named() {
        run("--out", folder.resolve("none/vapid.pem").toString());

        assertThat(failure.get())
                .hasMessage("the file " + folder.resolve("none/vapid.pem") + " cannot be made (no such file).");
    }

    private int run(String... args) {
        return new CommandLine(new VapidCommand())
                .setOut(new PrintWriter(out, true))
                .setExecutionExceptionHandler((thrown, command, parsed) -> {
                    failure.set(thrown);
                    return 2;
                })
                .execute(args);
    }
}
