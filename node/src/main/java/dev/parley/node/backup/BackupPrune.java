package dev.parley.node.backup;

import dev.parley.node.backup.BackupStore.Stored;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Forgets old backups, and deletes what no complete backup needs.
final class BackupPrune {
    private final BackupRepository repository;

    BackupPrune(BackupRepository repository) {
        this.repository = repository;
    }

    /// What would go.
    ///
    /// @param backups the ids of those that would be forgotten
    /// @param objects contents that no other complete backup holds, those of interrupted backups among them
    record Plan(List<String> backups, List<Stored> objects) {
        Plan {
            backups = List.copyOf(backups);
            objects = List.copyOf(objects);
        }

        long bytes() {
            return objects.stream().mapToLong(Stored::bytes).sum();
        }

        boolean isNothing() {
            return backups.isEmpty() && objects.isEmpty();
        }
    }

    /// @param keep so many of the newest
    /// @throws BackupException if a manifest cannot be read: nobody knows then which files it needs
    Plan plan(int keep) throws IOException {
        List<String> ids = repository.ids();
        int gone = Math.max(0, ids.size() - keep);
        Set<String> needed = new HashSet<>();
        for (String id : ids.subList(gone, ids.size())) {
            repository.manifest(id).groups().forEach(group -> group.files().forEach(file -> needed.add(file.object())));
        }
        List<Stored> objects = repository.objects().stream()
                .filter(object -> !needed.contains(object.name()))
                .toList();
        return new Plan(ids.subList(0, gone), objects);
    }

    /// Deletes. The manifests go first: what is interrupted leaves objects without a backup, never the reverse.
    void carryOut(Plan plan) throws IOException {
        for (String id : plan.backups()) {
            repository.forget(id);
        }
        for (Stored object : plan.objects()) {
            repository.store().delete(object.name());
        }
    }
}
