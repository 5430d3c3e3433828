package dev.parley.node.push.webpush;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.node.config.ConfigException;
import dev.parley.node.config.Reason;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `parley push vapid`: makes the key by which the push services of browsers know this server.
@Command(
        name = "vapid",
        mixinStandardHelpOptions = true,
        description = "Makes the key by which the push services of browsers know this server (VAPID).")
public final class VapidCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "vapid.pem",
            description = "The file to make; one that is there is not touched (default ${DEFAULT-VALUE}).")
    private Path out = Path.of("vapid.pem");

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws JsonProcessingException {
        Path file = out.toAbsolutePath().normalize();
        String publicKey = create(file).applicationServerKey();
        PrintWriter printer = spec.commandLine().getOut();
        if (json) {
            Map<String, String> answer = new LinkedHashMap<>();
            answer.put("keyFile", file.toString());
            answer.put("applicationServerKey", publicKey);
            printer.println(JSON.writeValueAsString(answer));
        } else {
            printer.print("""
                    Made %s. Keep a copy: browsers subscribe with this key, and with another they subscribe anew.

                    The public key, which web clients subscribe with (applicationServerKey):
                    %s

                    Give the file to each node, and add to their settings:
                    push:
                      webpush:
                        key-file: %s
                        subject: mailto:admin@example.org  # whom a push service may write to
                    """.formatted(file, publicKey, JSON.writeValueAsString(file.toString())));
            printer.flush();
        }
        return CommandLine.ExitCode.OK;
    }

    private static VapidKey create(Path file) {
        try {
            return VapidKey.create(file);
        } catch (FileAlreadyExistsException e) {
            throw new ConfigException(
                    "the file %s is there already and was left as it is; name another with --out.".formatted(file), e);
        } catch (IOException e) {
            throw new ConfigException("the file %s cannot be made (%s).".formatted(file, Reason.of(e)), e);
        }
    }
}
