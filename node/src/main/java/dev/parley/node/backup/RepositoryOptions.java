package dev.parley.node.backup;

import dev.parley.node.config.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Where the backups are, and how they are protected: what all commands need.
final class RepositoryOptions {

    @Option(
            names = {"-r", "--repository"},
            required = true,
            paramLabel = "DIR",
            description = "The directory that holds the backups.")
    private Path directory = Path.of("");

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "The key of the repository: 32 random bytes or more. Without it no backup can be read.")
    private Optional<Path> keyFile = Optional.empty();

    @Option(names = "--unencrypted", description = "The repository has no key: whoever reads it reads all messages.")
    private boolean unencrypted;

    BackupStore store() {
        return new DirectoryStore(directory.toAbsolutePath().normalize());
    }

    BackupCipher cipher() {
        if (keyFile.isPresent() == unencrypted) {
            throw BackupException.mistake(
                    unencrypted
                            ? "--key-file and --unencrypted exclude each other."
                            : "--key-file is needed (make a key with: (umask 077; openssl rand -hex 32 > backup.key)),"
                                    + " or --unencrypted.");
        }
        return keyFile.<BackupCipher>map(file -> new BackupCipher.Keyed(SecretFile.bytes(file)))
                .orElseGet(BackupCipher.None::new);
    }

    BackupRepository open() throws IOException {
        return BackupRepository.open(store(), cipher());
    }
}
