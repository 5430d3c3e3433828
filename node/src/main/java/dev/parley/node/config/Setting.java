package dev.parley.node.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a key of the configuration file may hold. A key without it takes any value of its type; a key that is neither
/// [java.util.Optional] nor a list nor a section and has no default must be given.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Setting {

    /// The value, as written in the file, of a key that is not given.
    String byDefault() default "";

    /// Smallest number, or fewest items of a list.
    long min() default 0;

    /// Largest number, or most items of a list.
    long max() default Long.MAX_VALUE;

    /// What a text must match as a whole; empty for anything.
    String pattern() default "";
}
