package dev.parley.cli.chat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.parley.cli.CommandFailed;
import dev.parley.cli.HttpUrl;
import dev.parley.cli.admin.AdminApi;
import dev.parley.cli.admin.AdminOptions;
import dev.parley.client.ClientOptions;
import dev.parley.client.ParleyClient;
import dev.parley.client.ParleyException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `parley chat`: finds or makes the conversation and opens the screen.
@Command(
        name = "chat",
        description = "Talks to another user, or to a group, at this terminal.",
        mixinStandardHelpOptions = true)
public final class ChatCommand implements Callable<Integer> {

    private static final Duration TOKEN_TTL = Duration.ofHours(24);

    @Mixin
    private AdminOptions admin = new AdminOptions();

    @Option(names = "--user", required = true, paramLabel = "USER", description = "Who you are.")
    private String user = "";

    @Option(
            names = "--with",
            required = true,
            split = ",",
            paramLabel = "USER",
            description = "Whom to talk to; several, separated by commas, for a group.")
    private List<String> with = List.of();

    @Option(names = "--group", paramLabel = "TITLE", description = "Opens the group with this title, or makes it.")
    private Optional<String> group = Optional.empty();

    @Option(
            names = "--url",
            converter = HttpUrl.class,
            split = ",",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "Base URLs of nodes, separated by commas (default ${DEFAULT-VALUE}).")
    private List<URI> urls = List.of();

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "Your bearer token; without it, one is asked for at the admin port.")
    private Optional<String> token = Optional.empty();

    @Override
    public Integer call() throws IOException {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(Level.OFF); // a log line would tear the screen; what matters is shown as connection state
        }
        if (with.size() > 1 && group.isEmpty()) {
            throw CommandFailed.mistake("several users make a group: give it a title with --group.");
        }
        if (with.contains(user)) {
            throw CommandFailed.mistake("--with must name somebody else than --user.");
        }
        admin.trust();
        String bearer =
                token.orElseGet(() -> admin.open().issueToken(user, TOKEN_TTL).token());
        if (token.isEmpty()) {
            AdminApi accounts = admin.open();
            with.forEach(accounts::createUser);
        }
        ClientOptions options =
                ClientOptions.of(urls, () -> bearer, deviceId()).with(ClientOptions.NewConversations.FROM_HEAD);
        try (ParleyClient client = new ParleyClient(options);
                Terminal terminal =
                        TerminalBuilder.builder().system(true).dumb(true).build()) {
            String conversationId = conversation(client);
            String title = group.orElseGet(with::getFirst);
            new ChatScreen(terminal, client, new ChatScreen.Talk(conversationId, title, client.userId())).run();
            return 0;
        } catch (ParleyException e) {
            throw CommandFailed.failed(explained(e));
        }
    }

    /// Each terminal is a device of its own: two of them may be open for one user.
    private static String deviceId() {
        return "terminal-" + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);
    }

    private String conversation(ParleyClient client) {
        if (group.isEmpty()) {
            return client.direct(with.getFirst());
        }
        return client.conversations().stream()
                .filter(known -> known.title().equals(group))
                .map(known -> known.conversationId())
                .findFirst()
                .orElseGet(() -> client.group(group.get(), with));
    }

    private String explained(ParleyException e) {
        String hint = token.isPresent() && String.valueOf(e.getMessage()).startsWith("user-unknown")
                ? " (" + String.join(", ", with) + " must sign in once, or an administrator makes the account:"
                        + " parley token --user " + with.getFirst() + ")"
                : "";
        return "cannot open the conversation: " + e.getMessage() + hint;
    }
}
