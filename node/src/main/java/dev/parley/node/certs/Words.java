package dev.parley.node.certs;

import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// What the commands take.
final class Words {
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}");
    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[A-Za-z0-9._:-]{1,253}");

    private Words() {}

    static void requireName(CommandSpec spec, String option, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new ParameterException(
                    spec.commandLine(), "%s must be 1 to 32 of a-z, 0-9 and -, but is \"%s\".".formatted(option, name));
        }
        if (name.equals("ca")) {
            throw new ParameterException(
                    spec.commandLine(), option + " must not be \"ca\": the authority has that name.");
        }
    }

    static void requireHost(CommandSpec spec, String host) {
        if (!HOST.matcher(host).matches()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--host must be a name such as n1.example.org or an address, without a port, but is \"%s\"."
                            .formatted(host));
        }
    }

    static void requireDays(CommandSpec spec, int days, int max) {
        if (days < 1 || days > max) {
            throw new ParameterException(spec.commandLine(), "--days must be 1 to %d, but is %d.".formatted(max, days));
        }
    }
}
