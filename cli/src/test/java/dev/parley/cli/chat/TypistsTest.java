package dev.parley.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TypistsTest {

    private final AtomicLong nanos = new AtomicLong(7);
    private final Typists typists = new Typists(nanos::get);

    @Test
    void a_typist_is_believed_for_six_seconds_after_the_last_news() {
        typists.heard("bob", true);
        nanos.addAndGet(Typists.BELIEVED.toNanos() - 1);
        typists.heard("carol", true);
        assertThat(typists.now()).containsExactly("bob", "carol");

        nanos.addAndGet(1);

        assertThat(typists.now()).containsExactly("carol");
    }

    @Test
    void who_stopped_is_gone_at_once() {
        typists.heard("bob", true);
        typists.heard("bob", false);

        assertThat(typists.now()).isEmpty();
    }
}
