package dev.parley.jepsen.checker;

/// Looks for one kind of wrong in what a run did and saw.
public interface Checker {

    String name();

    Verdict check(Facts facts);
}
