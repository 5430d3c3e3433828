package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScreenTest {

    @Test
    void text_of_others_cannot_steer_the_terminal() {
        assertThat(Screen.safe("a\u001b[2Jb\u0007c\rd\u009b31me")).isEqualTo("a[2Jbcd31me");
        assertThat(Screen.safe("one\ntwo\tthree\u2028four")).isEqualTo("one two threefour");
        assertThat(Screen.safe("file\u202Egpj.exe\u2066x\u2069")).isEqualTo("filegpj.exex");
        assertThat(Screen.safe("half \ud83d")).isEqualTo("half ");
    }

    @Test
    void text_in_any_script_stays_as_it_is() {
        String text = "Grüße, שלום, مرحبا, 你好, 👩‍👩‍👧, नमस्ते";

        assertThat(Screen.safe(text)).isEqualTo(text);
    }
}
