package dev.parley.node.push;

/// What is wrong with one field that a client sent.
///
/// @param field as on the wire, such as `keys.auth`
/// @param reason goes on after the field's name, such as `must be …`
public record FieldProblem(String field, String reason) {}
