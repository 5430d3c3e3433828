package dev.parley.repository;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// A Java source as text and as the compiler's tree.
///
/// @param path from the root of the repository, with slashes
record SourceFile(String path, String text, CompilationUnitTree tree, SourcePositions positions) {
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    static SourceFile parse(String path, String text) {
        var file = new SimpleJavaFileObject(URI.create("memory:///Source.java"), SimpleJavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
        try {
            JavacTask task = (JavacTask) COMPILER.getTask(null, null, null, List.of("-proc:none"), null, List.of(file));
            CompilationUnitTree tree = task.parse().iterator().next();
            return new SourceFile(path, text, tree, Trees.instance(task).getSourcePositions());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long firstLine(Tree part) {
        return tree.getLineMap().getLineNumber(positions.getStartPosition(tree, part));
    }

    long lines(Tree part) {
        return tree.getLineMap().getLineNumber(positions.getEndPosition(tree, part)) - firstLine(part) + 1;
    }

    String textOf(Tree part) {
        int start = (int) positions.getStartPosition(tree, part);
        return text.substring(start, (int) positions.getEndPosition(tree, part));
    }

    boolean isTest() {
        return path.contains("/src/test/");
    }

    boolean isIn(String... places) {
        return List.of(places).stream().anyMatch(path::contains);
    }
}
