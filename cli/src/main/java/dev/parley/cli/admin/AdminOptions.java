package dev.parley.cli.admin;

import dev.parley.cli.HttpUrl;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Where the admin port is and how to be let in: options shared by the commands that need one node.
public final class AdminOptions {

    @Option(
            names = "--admin",
            converter = HttpUrl.class,
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:9080",
            description = "The admin port of a node (default ${DEFAULT-VALUE}).")
    private URI admin = URI.create("http://127.0.0.1:9080");

    @Option(
            names = "--admin-token-file",
            paramLabel = "FILE",
            description = "A file with the admin token, if the node wants one; else PARLEY_ADMIN_TOKEN.")
    private Optional<Path> tokenFile = Optional.empty();

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Certificates to trust at https URLs, in PEM, such as ca.pem of `parley certs`.")
    private Optional<Path> authority = Optional.empty();

    /// The admin port; from then on this process trusts what `--ca` names, at the ports for clients too.
    public AdminApi open() {
        trust();
        return new AdminApi(admin, AdminApi.tokenFrom(tokenFile));
    }

    /// Makes this process trust what `--ca` names.
    public void trust() {
        authority.ifPresent(TrustedAuthority::use);
    }

    public URI url() {
        return admin;
    }
}
