import dev.parley.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;

/// Writes the man page and the bash completion of all commands, those of the node's program included, from
/// their own
/// descriptions. Run by build-deb.sh: `java -cp … Pages.java FOLDER`.
final class Pages {
    private static final List<String> OF_THE_NODE = List.of("config", "push", "certs", "backup", "doctor");

    private Pages() {}

    public static void main(String[] args) throws Exception {
        CommandLine parley = new CommandLine(new Main());
        CommandLine node = node();
        node.getSubcommands().forEach((name, command) -> parley.addSubcommand(name, command.getCommandSpec()));
        for (String name : node.getSubcommands().keySet()) {
            if (!OF_THE_NODE.contains(name)) {
                throw new IllegalStateException("the launchers do not know the node's command " + name);
            }
        }
        parley.addSubcommand("node", node());
        for (String command : OF_THE_NODE) {
            parley.getSubcommands().get("node").getCommandSpec().removeSubcommand(command);
        }
        Path folder = Path.of(args[0]);
        Files.writeString(folder.resolve("parley.bash"), AutoComplete.bash("parley", parley));
        Files.writeString(folder.resolve("parley.1"), page(parley));
    }

    private static CommandLine node() throws Exception {
        Class<?> type = Class.forName("dev.parley.node.Main");
        Constructor<?> made = type.getDeclaredConstructors()[0];
        made.setAccessible(true);
        return new CommandLine(made.newInstance((Object) null)); // nothing is run here
    }

    private static String page(CommandLine parley) {
        StringBuilder page = new StringBuilder();
        page.append(".TH PARLEY 1 \"\" \"Parley\" \"User Commands\"\n.SH NAME\nparley \\- self-hosted chat server\n");
        page.append(".SH SYNOPSIS\n.B parley\n.I command\n.RI [ options ]\n.SH DESCRIPTION\n");
        page.append(escape(String.join(" ", parley.getCommandSpec().usageMessage().description()))).append('\n');
        page.append(".SH COMMANDS\n");
        for (CommandLine command : all(parley)) {
            page.append(".SS \"").append(escape(command.getCommandSpec().qualifiedName())).append("\"\n.nf\n");
            page.append(escape(help(command))).append(".fi\n");
        }
        page.append(".SH FILES\n.TP\n.I /etc/parley/parley.yaml\nSettings of the node that parley.service runs.\n");
        page.append(".TP\n.I /etc/parley/cluster.secret\nAlike on all nodes of a cluster.\n");
        page.append(".TP\n.I /etc/parley/admin.token\nLets commands in that take \\-\\-admin\\-token\\-file.\n");
        page.append(".TP\n.I /etc/default/parley\nMemory and JVM options of the services.\n");
        page.append(".TP\n.I /var/lib/parley\nData.\n.SH EXIT STATUS\n0 done, 1 failed, 2 a mistake in the call.\n");
        return page.toString();
    }

    private static List<CommandLine> all(CommandLine command) {
        List<CommandLine> all = new ArrayList<>();
        for (Map.Entry<String, CommandLine> entry : command.getSubcommands().entrySet()) {
            if (!entry.getKey().equals("help")) {
                all.add(entry.getValue());
                all.addAll(all(entry.getValue()));
            }
        }
        return all;
    }

    private static String help(CommandLine command) {
        StringWriter text = new StringWriter();
        command.usage(new PrintWriter(text), CommandLine.Help.Ansi.OFF);
        return text.toString();
    }

    private static String escape(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replace("\n.", "\n\\&.").replace("\n'", "\n\\&'");
    }
}
