package dev.parley.node.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;

/// What an [IOException] means, in words.
public final class Reason {
    private Reason() {}

    /// The words.
    public static String of(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such file";
            case NotDirectoryException _ -> "a part of the path is not a directory";
            case FileSystemException file -> Objects.requireNonNullElse(file.getReason(), "input/output error");
            default -> Objects.requireNonNullElse(e.getMessage(), "input/output error");
        };
    }
}
