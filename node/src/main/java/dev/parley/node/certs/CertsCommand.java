package dev.parley.node.certs;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `parley certs`: what the nodes of a cluster show each other. No node needs to run.
@Command(
        name = "certs",
        mixinStandardHelpOptions = true,
        description = "Makes the certificates of a cluster: docs/runbook/certificates.md.",
        subcommands = {InitCommand.class, IssueCommand.class, RenewCommand.class, ShowCommand.class})
public final class CertsCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is needed: init, issue, renew or show.");
    }
}
