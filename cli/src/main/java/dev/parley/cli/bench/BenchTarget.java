package dev.parley.cli.bench;

import dev.parley.cli.HttpUrl;
import dev.parley.cli.admin.AdminOptions;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which cluster a bench drives: options that all of them share.
final class BenchTarget {

    @Mixin
    private AdminOptions admin = new AdminOptions();

    @Option(
            names = "--url",
            converter = HttpUrl.class,
            split = ",",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "Base URLs of nodes, separated by commas (default ${DEFAULT-VALUE}).")
    private List<URI> urls = List.of();

    List<URI> urls() {
        return urls;
    }

    BenchUsers users() {
        return new BenchUsers(urls, admin.open());
    }
}
