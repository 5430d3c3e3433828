package dev.parley.repository;

import com.sun.source.tree.CatchTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/// What no source of Parley may hold; each finding names the better way.
final class TidyRules {
    static final int METHOD_LINES_MAX = 70;
    static final int FILE_LINES_MAX = 500;
    static final int LINE_LENGTH_MAX = 120;

    /// The words are put together here so that this file does not hold them.
    private static final Pattern LEFTOVER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b|@Dis" + "abled\\b");
    private static final Pattern OTHER_AUTHOR = Pattern.compile(
            "@auth" + "or\\b|\\bCopy" + "right\\b|\\bSPDX" + "-|Licensed " + "under", Pattern.CASE_INSENSITIVE);

    private static final String CATCH_ALL = "Throwable|Exception|RuntimeException|Error|InterruptedException";
    private static final String[] ENTRANCES = {"/Main.java", "cli/src/main/"};
    private static final String[] THREAD_PLACES = {
        "/node/worker/", "/Main.java", "cli/src/", "client/src/", "jepsen-tests/src/", "raft-storage/src/"
    };

    /// What is wrong with one Java source.
    static List<String> findings(SourceFile source) {
        List<String> findings = new ArrayList<>(textFindings(source.path(), source.text()));
        List<String> lines = source.text().lines().toList();
        if (lines.size() > FILE_LINES_MAX) {
            findings.add(source.path()
                    + ": %d lines; a file is one thing, up to %d".formatted(lines.size(), FILE_LINES_MAX));
        }
        for (int i = 0; i < lines.size(); i++) {
            int length = lines.get(i).codePointCount(0, lines.get(i).length());
            if (length > LINE_LENGTH_MAX) {
                findings.add("%s:%d: %d characters in a line; up to %d"
                        .formatted(source.path(), i + 1, length, LINE_LENGTH_MAX));
            }
        }
        new Scanner(source, findings).scan(source.tree(), null);
        return findings;
    }

    /// What is wrong with any text file of ours.
    static List<String> textFindings(String path, String text) {
        List<String> findings = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (LEFTOVER.matcher(line).find()) {
                findings.add("%s:%d: a leftover; do it now or file an issue".formatted(path, number));
            }
            if (OTHER_AUTHOR.matcher(line).find()) {
                findings.add(
                        "%s:%d: names another author; only our own work is in this repository".formatted(path, number));
            }
        }
        return findings;
    }

    private static final class Scanner extends TreeScanner<Void, Void> {
        private final SourceFile source;
        private final List<String> findings;
        private boolean inMain;

        Scanner(SourceFile source, List<String> findings) {
            this.source = source;
            this.findings = findings;
        }

        private void found(Tree where, String what) {
            findings.add("%s:%d: %s".formatted(source.path(), source.firstLine(where), what));
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            if (source.lines(method) > METHOD_LINES_MAX) {
                found(
                        method,
                        "%s has %d lines; split it, up to %d"
                                .formatted(method.getName(), source.lines(method), METHOD_LINES_MAX));
            }
            boolean outer = inMain;
            inMain |= method.getName().contentEquals("main")
                    && method.getModifiers().getFlags().contains(Modifier.STATIC);
            super.visitMethod(method, null);
            inMain = outer;
            return null;
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void unused) {
            String name = call.getMethodSelect().toString();
            boolean bare = call.getArguments().isEmpty();
            if (name.equals("Thread.sleep")) {
                found(
                        call,
                        "Thread.sleep; wait for the thing itself: a latch, a condition, a queue, in tests Awaitility");
            } else if (name.endsWith(".printStackTrace") && bare) {
                found(call, "printStackTrace; handle it, or log it once with slf4j where it is handled");
            } else if (isClock(name) && bare && !source.isTest() && !source.isIn(ENTRANCES)) {
                found(call, name + "; take a java.time.Clock, or System.nanoTime for a duration");
            } else if (isThreadStart(name) && !source.isTest() && !source.isIn(THREAD_PLACES)) {
                found(call, name + "; Worker.start(name, kind, fault, task)");
            }
            return super.visitMethodInvocation(call, null);
        }

        private static boolean isClock(String name) {
            return name.equals("System.currentTimeMillis") || name.equals("Instant.now");
        }

        private static boolean isThreadStart(String name) {
            return name.equals("Thread.ofVirtual")
                    || name.equals("Thread.ofPlatform")
                    || name.equals("Thread.startVirtualThread")
                    || name.equals("Executors.newVirtualThreadPerTaskExecutor");
        }

        @Override
        public Void visitMemberSelect(MemberSelectTree select, Void unused) {
            String name = select.toString();
            if ((name.equals("System.out") || name.equals("System.err")) && !inMain && !source.isIn(ENTRANCES)) {
                found(select, name + "; log with slf4j, or write to the stream that you were given");
            }
            return super.visitMemberSelect(select, null);
        }

        @Override
        public Void visitNewClass(NewClassTree creation, Void unused) {
            if (creation.getIdentifier().toString().equals("Thread")) {
                found(creation, "new Thread; Worker.start, or outside node Thread.ofVirtual().name(…)");
            }
            return super.visitNewClass(creation, null);
        }

        @Override
        public Void visitCatch(CatchTree handler, Void unused) {
            boolean empty = handler.getBlock().getStatements().isEmpty();
            String caught = handler.getParameter().getType().toString();
            if (empty
                    && (caught.matches(CATCH_ALL)
                            || !source.textOf(handler.getBlock()).contains("//"))) {
                found(handler, "a silent catch; handle it, log it once, throw it on, or say why nothing is to be done");
            }
            return super.visitCatch(handler, null);
        }
    }

    private TidyRules() {}
}
