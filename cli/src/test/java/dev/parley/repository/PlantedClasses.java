package dev.parley.repository;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// Compiles sources that break a rule on purpose, to see that the rule notices.
final class PlantedClasses {
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
    private static final Pattern NAME = Pattern.compile("(?:class|interface|record|enum) (\\w+)");

    /// The classes of some sources, each with one top-level type.
    static JavaClasses of(Path folder, String... sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Source> units = Arrays.stream(sources).map(Source::new).toList();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            files.setLocationFromPaths(javax.tools.StandardLocation.CLASS_OUTPUT, List.of(folder));
            if (!compiler.getTask(null, files, null, List.of("-proc:none"), null, units)
                    .call()) {
                throw new IllegalArgumentException("does not compile: " + Arrays.toString(sources));
            }
        }
        return new ClassFileImporter().importPath(folder);
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("memory:///" + path(text)), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        private static String path(String text) {
            Matcher packageName = PACKAGE.matcher(text);
            Matcher name = NAME.matcher(text);
            if (!packageName.find() || !name.find()) {
                throw new IllegalArgumentException("no package and type in: " + text);
            }
            return packageName.group(1).replace('.', '/') + "/" + name.group(1) + ".java";
        }
    }

    private PlantedClasses() {}
}
