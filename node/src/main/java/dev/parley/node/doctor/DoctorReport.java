package dev.parley.node.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.parley.node.doctor.Finding.Verdict;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What all checks found, for a person or a program.
public record DoctorReport(List<Finding> findings) {
    private static final JsonMapper JSON = new JsonMapper();

    public DoctorReport {
        findings = List.copyOf(findings);
    }

    /// The verdict of the whole.
    public Verdict worst() {
        return findings.stream()
                .map(Finding::verdict)
                .max(Comparator.naturalOrder())
                .orElse(Verdict.OK);
    }

    /// A row for each, and below it what to do if it is not well.
    public void print(PrintWriter out) {
        int check = width(findings.stream().map(Finding::check).toList(), "CHECK");
        int found = width(findings.stream().map(Finding::found).toList(), "FOUND");
        String row = "%-" + check + "s  %-" + found + "s  %s%n";
        out.printf(row, "CHECK", "FOUND", "VERDICT");
        for (Finding finding : findings) {
            out.printf(row, finding.check(), finding.found(), finding.verdict().word());
            if (!finding.advice().isEmpty()) {
                out.println(" ".repeat(check + 2) + finding.advice());
            }
        }
    }

    /// One JSON object.
    public String json() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("verdict", worst().word());
        object.put("checks", findings.stream().map(DoctorReport::object).toList());
        try {
            return JSON.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts cannot be written as JSON", e);
        }
    }

    private static int width(List<String> cells, String header) {
        return cells.stream().mapToInt(String::length).reduce(header.length(), Math::max);
    }

    private static Map<String, String> object(Finding finding) {
        Map<String, String> object = new LinkedHashMap<>();
        object.put("check", finding.check());
        object.put("found", finding.found());
        object.put("verdict", finding.verdict().word());
        object.put("advice", finding.advice());
        return object;
    }
}
