package dev.parley.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.protocol.CloseCode;
import dev.parley.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every file of the repository keeps to [TidyRules], and each rule notices when it is broken.
class TidyTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s#]+)(?:#[^)]*)?\\)");
    private static final Pattern OUTSIDE = Pattern.compile("[a-z]+:.*");
    private static final Pattern DESCRIBED =
            Pattern.compile("\\A/// [\\p{Lu}`].*?\\.\\R(?:///.*\\R)*@NullMarked\\R", Pattern.DOTALL);

    @Test
    void no_java_source_breaks_a_rule() throws IOException {
        List<String> findings = new ArrayList<>();
        for (Path file : RepositoryFiles.endingWith(".java")) {
            findings.addAll(TidyRules.findings(SourceFile.parse(slashes(file), RepositoryFiles.read(file))));
        }
        assertThat(findings).isEmpty();
    }

    @Test
    void no_other_text_holds_a_leftover_or_another_author() throws IOException {
        List<String> findings = new ArrayList<>();
        for (Path file : RepositoryFiles.endingWith(
                ".md", ".xml", ".yaml", ".yml", ".proto", ".sh", ".service", ".properties", "/parley")) {
            findings.addAll(TidyRules.textFindings(slashes(file), RepositoryFiles.read(file)));
        }
        assertThat(findings).isEmpty();
    }

    @Test
    void every_package_says_in_a_sentence_what_it_is_and_marks_null() throws IOException {
        TreeSet<Path> packages = new TreeSet<>();
        for (Path file : RepositoryFiles.endingWith(".java")) {
            if (slashes(file).contains("/src/main/java/")) {
                packages.add(file.resolveSibling("package-info.java"));
            }
        }
        assertThat(packages).isNotEmpty().allSatisfy(info -> {
            assertThat(RepositoryFiles.ROOT.resolve(info)).exists();
            assertThat(isDescribed(RepositoryFiles.read(info)))
                    .as(slashes(info))
                    .isTrue();
        });
    }

    @Test
    void every_link_between_documents_leads_to_a_file() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path document : RepositoryFiles.endingWith(".md")) {
            dead.addAll(deadLinks(document, RepositoryFiles.read(document)));
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void every_error_code_and_close_code_is_explained() throws IOException {
        String errors = RepositoryFiles.read(Path.of("docs", "errors.md"));

        assertThat(Arrays.stream(ErrorCode.values()).map(code -> "| `" + code.wire() + "` | " + code.status() + " |"))
                .allSatisfy(start -> assertThat(errors).contains(start));
        assertThat(Arrays.stream(CloseCode.values()).map(code -> "| " + code.code() + " | `" + code.reason() + "` |"))
                .allSatisfy(start -> assertThat(errors).contains(start));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Thread.sleep(5)                        | Thread.sleep",
                "new Exception().printStackTrace()      | printStackTrace",
                "System.out.println()                   | System.out",
                "System.err.println()                   | System.err",
                "System.currentTimeMillis()             | java.time.Clock",
                "Instant.now()                          | java.time.Clock",
                "new Thread(() -> {})                   | new Thread",
                "Thread.ofVirtual().start(() -> {})     | Worker.start",
                "Thread.startVirtualThread(() -> {})    | Worker.start",
                "Executors.newVirtualThreadPerTaskExecutor() | Worker.start",
            })
    void a_banned_call_is_noticed_and_the_better_one_named(String call, String finding) {
        assertThat(findings("class X { void x() { " + call + "; } }"))
                .singleElement()
                .asString()
                .contains(finding);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "e.printStackTrace(err)",
                "Instant.now(clock)",
                "System.nanoTime()",
                "Worker.start(\"x\", VIRTUAL, fault, task)",
            })
    void the_better_call_is_fine(String call) {
        assertThat(findings("class X { void x() { " + call + "; } }")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "catch (Exception ignored) {\n// fine\n}",
                "catch (InterruptedException e) {\n// fine\n}",
                "catch (NumberFormatException e) {}",
            })
    void a_silent_catch_is_noticed(String handler) {
        assertThat(findings("class X { void x() { try { y(); } " + handler + " } }"))
                .singleElement()
                .asString()
                .contains("silent catch");
    }

    @Test
    void a_catch_of_one_thing_that_says_why_nothing_is_to_be_done_is_fine() {
        assertThat(findings("class X { void x() { try { y(); } catch (NumberFormatException _) {\n// no number\n} } }"))
                .isEmpty();
    }

    @Test
    void a_main_may_write_to_the_console() {
        assertThat(findings("class X { static void main(String[] args) { System.out.println(); } }"))
                .isEmpty();
        assertThat(findings("class X { void main() { System.out.println(); } }"))
                .hasSize(1);
    }

    @Test
    void a_long_method_file_and_line_are_noticed() {
        String method = "class X { void x() {\n" + "y();\n".repeat(TidyRules.METHOD_LINES_MAX) + "} }";
        String file = "class X {}\n" + "//\n".repeat(TidyRules.FILE_LINES_MAX);
        String line = "class X {} //" + "x".repeat(TidyRules.LINE_LENGTH_MAX);

        assertThat(findings(method)).singleElement().asString().contains("x has 72 lines");
        assertThat(findings(file)).singleElement().asString().contains("501 lines");
        assertThat(findings(line)).singleElement().asString().contains("133 characters");
    }

    @Test
    void a_leftover_and_another_author_are_noticed() {
        assertThat(findings("class X {} // TO" + "DO later"))
                .singleElement()
                .asString()
                .contains("leftover");
        assertThat(findings("@Dis" + "abled class X {}"))
                .singleElement()
                .asString()
                .contains("leftover");
        assertThat(findings("/// @auth" + "or someone\nclass X {}"))
                .singleElement()
                .asString()
                .contains("author");
    }

    @Test
    void a_package_without_a_sentence_or_without_null_marking_is_noticed() {
        assertThat(isDescribed("/// What it is.\n@NullMarked\npackage x;\n")).isTrue();
        assertThat(isDescribed("/// What it is,\n/// in two lines.\n@NullMarked\npackage x;\n"))
                .isTrue();
        assertThat(isDescribed("@NullMarked\npackage x;\n")).isFalse();
        assertThat(isDescribed("/// What it is.\npackage x;\n")).isFalse();
        assertThat(isDescribed("/// no sentence\n@NullMarked\npackage x;\n")).isFalse();
    }

    @Test
    void a_dead_link_is_noticed() {
        assertThat(deadLinks(Path.of("docs", "x.md"), "[a](../pom.xml) [b](https://x.example/) [c](#here)"))
                .isEmpty();
        assertThat(deadLinks(Path.of("docs", "x.md"), "[a](nowhere.md#part)"))
                .containsExactly("docs/x.md: dead link nowhere.md");
    }

    private static List<String> findings(String text) {
        return TidyRules.findings(SourceFile.parse("node/src/main/java/dev/parley/node/gate/X.java", text));
    }

    private static boolean isDescribed(String packageInfo) {
        return DESCRIBED.matcher(packageInfo).find();
    }

    private static List<String> deadLinks(Path document, String text) {
        List<String> dead = new ArrayList<>();
        Matcher links = LINK.matcher(text);
        while (links.find()) {
            Path target = RepositoryFiles.ROOT.resolve(document).resolveSibling(links.group(1));
            if (!OUTSIDE.matcher(links.group(1)).matches() && !Files.exists(target)) {
                dead.add(slashes(document) + ": dead link " + links.group(1));
            }
        }
        return dead;
    }

    private static String slashes(Path path) {
        return path.toString().replace('\\', '/');
    }
}
