package dev.parley.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class CredentialTest {
    private static final String FOLDER = "/run/credentials/parley.service";

    @Test
    void only_what_lies_in_the_folder_of_the_service_manager_is_a_credential() {
        assertThat(SecretFile.isCredential(Path.of(FOLDER, "cluster.secret"), FOLDER))
                .isTrue();
        assertThat(SecretFile.isCredential(Path.of(FOLDER, "cluster.secret"), FOLDER + "/"))
                .isTrue();
        assertThat(SecretFile.isCredential(Path.of(FOLDER, "../other.service/cluster.secret"), FOLDER))
                .isFalse();
        assertThat(SecretFile.isCredential(Path.of(FOLDER, "deeper/cluster.secret"), FOLDER))
                .isFalse();
        assertThat(SecretFile.isCredential(Path.of("/etc/parley/cluster.secret"), FOLDER))
                .isFalse();
        assertThat(SecretFile.isCredential(Path.of(FOLDER, "cluster.secret"), null))
                .as("not started by a service manager")
                .isFalse();
        assertThat(SecretFile.isCredential(Path.of("/cluster.secret"), "")).isFalse();
    }
}
