package dev.parley.node.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.chat.AccountSettings.Patch;
import dev.parley.chat.AccountSettings.PresenceVisibility;
import dev.parley.chat.AccountSettings.QuietHours;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.PushTarget;
import dev.parley.chat.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The golden files are the log format: a test that fails here means that logs on disk would be misread.
class CommandCodecTest {
    private static final String CONVERSATION = "c_abcdefghijklmnopqrstuvwxyz";

    static Stream<ChatCommand> commands() {
        return Stream.of(
                new ChatCommand.CreateDirect(CONVERSATION, "alice", "bob"),
                new ChatCommand.CreateGroup(CONVERSATION, "alice", "Färöer 🐑", List.of("bob", "carol", "bob")),
                new ChatCommand.PostMessage(CONVERSATION, "alice", "phone", "m-1", "Zoë: שלום 👋"),
                new ChatCommand.AddMember(CONVERSATION, "alice", "bob", Role.ADMIN),
                new ChatCommand.RemoveMember(CONVERSATION, "alice", "bob"),
                new ChatCommand.AdvanceRead(CONVERSATION, "alice", 4_294_967_297L),
                new ChatCommand.AdvanceDelivered(CONVERSATION, "alice", -1),
                new ChatCommand.SetMuted(CONVERSATION, "alice", true),
                new ChatCommand.SetBlocked(CONVERSATION, "alice", "bob", true),
                new ChatCommand.CreateUser("alice"),
                new ChatCommand.RegisterDevice("alice", "phone", "ios"),
                new ChatCommand.RevokeDevice("alice", "phone"),
                new ChatCommand.SetSettings(
                        "alice",
                        new Patch(
                                Optional.of(PresenceVisibility.NOBODY),
                                Optional.of(false),
                                Optional.empty(),
                                Optional.of(new QuietHours(1_320, 420, "Europe/Berlin")),
                                false)),
                new ChatCommand.NoteMembership("alice", CONVERSATION, 17, true),
                new ChatCommand.NoteBlocked("alice", "bob", true),
                new ChatCommand.NoteActivity(
                        3,
                        List.of(
                                new ChatCommand.Activity(
                                        "alice",
                                        CONVERSATION,
                                        new Progress(17, 15, 0, 0, 1_764_000_000_000L, 17),
                                        Optional.of(true),
                                        99),
                                new ChatCommand.Activity(
                                        "bob", CONVERSATION, new Progress(0, 0, 16, 14, 0, 0), Optional.empty(), 98))),
                new ChatCommand.SetPushTarget(
                        "alice",
                        "phone",
                        new PushTarget(
                                "webpush",
                                "https://push.example.org/x",
                                Optional.of(new PushTarget.Keys("cHVibGlj", "c2VjcmV0")))),
                new ChatCommand.RemovePushTarget("alice", "phone", "apns", Optional.of("00ff")),
                new ChatCommand.NotePushes(
                        3, 99, List.of(new ChatCommand.Pushed("alice", CONVERSATION, "apns", 17, "accepted"))),
                new ChatCommand.AdvanceOutboxCheckpoint(3, 100),
                new ChatCommand.AdvanceMembershipCheckpoint(3, 99),
                new ChatCommand.AddDeadLetter(
                        3,
                        new DeadLetter(
                                new DeadLetter.Push("alice", CONVERSATION, "phone", "apns", 17),
                                "HTTP 400 BadTopic",
                                5,
                                1_764_000_000_000L)),
                new ChatCommand.DropDeadLetter(3, 41),
                new ChatCommand.RetryDeadLetter(3, 42));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_command_has_the_bytes_of_its_golden_file(ChatCommand command) throws IOException {
        byte[] golden = golden(command);

        assertThat(HexFormat.of().formatHex(CommandCodec.encode(command)))
                .isEqualTo(HexFormat.of().formatHex(golden));
        assertThat(CommandCodec.decode(golden)).isEqualTo(command);
    }

    /// Lists that were told by a release that knew neither ordinals nor mentions nor muting.
    @Test
    void a_note_of_an_earlier_release_says_nothing_about_what_it_did_not_know() {
        String earlier = "8201590803122e0a05616c696365121c635f6162636465666768696a6b6c6d6e6f707172737475767778797a1811"
                + "2880d0dfb4ab3312250a03626f62121c635f6162636465666768696a6b6c6d6e6f707172737475767778797a2010";

        assertThat(CommandCodec.decode(HexFormat.of().parseHex(earlier)))
                .isEqualTo(new ChatCommand.NoteActivity(
                        3,
                        List.of(
                                new ChatCommand.Activity(
                                        "alice",
                                        CONVERSATION,
                                        new Progress(17, 0, 0, 0, 1_764_000_000_000L, 0),
                                        Optional.empty(),
                                        0),
                                new ChatCommand.Activity(
                                        "bob", CONVERSATION, new Progress(0, 0, 16, 0, 0, 0), Optional.empty(), 0))));
    }

    /// The golden file is of a release that did not say which device received.
    @Test
    void the_device_that_received_survives_the_log() {
        ChatCommand command = new ChatCommand.AdvanceDelivered(CONVERSATION, "alice", "phone", 7);

        assertThat(CommandCodec.decode(CommandCodec.encode(command))).isEqualTo(command);
    }

    @Test
    void a_dead_letter_of_a_list_survives_the_log() {
        ChatCommand.Activity activity = new ChatCommand.Activity(
                "alice", CONVERSATION, new Progress(17, 15, 4, 3, 1_764_000_000_000L, 17), Optional.of(false), 99);
        ChatCommand command =
                new ChatCommand.AddDeadLetter(3, new DeadLetter(new DeadLetter.ListNote(activity), "no", 2, 1));

        assertThat(CommandCodec.decode(CommandCodec.encode(command))).isEqualTo(command);
    }

    @Test
    void every_command_has_a_golden_file() {
        Set<Class<?>> tested = commands().map(Object::getClass).collect(Collectors.toSet());

        assertThat(tested)
                .containsExactlyInAnyOrderElementsOf(leaves(ChatCommand.class).toList());
    }

    @ParameterizedTest
    @MethodSource("roles")
    void every_role_survives_the_log(Role role) {
        ChatCommand command = new ChatCommand.AddMember(CONVERSATION, "alice", "bob", role);

        assertThat(CommandCodec.decode(CommandCodec.encode(command))).isEqualTo(command);
    }

    @ParameterizedTest
    @MethodSource("patches")
    void every_patch_of_settings_survives_the_log(Patch patch) {
        ChatCommand command = new ChatCommand.SetSettings("alice", patch);

        assertThat(CommandCodec.decode(CommandCodec.encode(command))).isEqualTo(command);
    }

    static Stream<Patch> patches() {
        return Stream.concat(
                Stream.of(
                        Patch.NOTHING,
                        new Patch(Optional.empty(), Optional.empty(), Optional.of(true), Optional.empty(), true)),
                Arrays.stream(PresenceVisibility.values())
                        .map(visibility -> new Patch(
                                Optional.of(visibility),
                                Optional.of(true),
                                Optional.of(false),
                                Optional.empty(),
                                false)));
    }

    @Test
    void a_hidden_reading_survives_the_log() {
        ChatCommand command = new ChatCommand.AdvanceRead(CONVERSATION, "alice", 7, true);

        assertThat(CommandCodec.decode(CommandCodec.encode(command))).isEqualTo(command);
    }

    static Stream<Role> roles() {
        return Arrays.stream(Role.values());
    }

    @Test
    void a_command_of_a_newer_parley_is_refused_loudly() {
        byte[] field100 = HexFormat.of().parseHex("a206020a00");

        assertThatThrownBy(() -> CommandCodec.decode(field100))
                .isInstanceOf(UnknownCommandException.class)
                .hasMessageContaining("[100]");
    }

    @Test
    void a_role_of_a_newer_parley_is_refused_loudly() {
        byte[] bytes = CommandCodec.encode(new ChatCommand.AddMember(CONVERSATION, "alice", "bob", Role.MEMBER));
        bytes[bytes.length - 1] = 9;

        assertThatThrownBy(() -> CommandCodec.decode(bytes)).isInstanceOf(UnknownCommandException.class);
    }

    @Test
    void damaged_bytes_are_refused_loudly() {
        byte[] bytes = CommandCodec.encode(new ChatCommand.CreateUser("alice"));
        byte[] torn = Arrays.copyOf(bytes, bytes.length - 1);

        assertThatThrownBy(() -> CommandCodec.decode(torn)).isInstanceOf(UnknownCommandException.class);
        assertThatThrownBy(() -> CommandCodec.decode(new byte[0])).isInstanceOf(UnknownCommandException.class);
    }

    @Test
    void text_that_utf_8_cannot_say_is_not_written() {
        ChatCommand command = new ChatCommand.PostMessage(CONVERSATION, "alice", "phone", "m-1", "half \ud83d");

        assertThatThrownBy(() -> CommandCodec.encode(command)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Stream<Class<?>> leaves(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(CommandCodecTest::leaves)
                : Stream.of(type);
    }

    private static byte[] golden(ChatCommand command) throws IOException {
        String name = command.getClass().getSimpleName() + ".hex";
        try (InputStream file = CommandCodecTest.class.getResourceAsStream(name)) {
            assertThat(file)
                    .as(
                            "golden file %s, expected to hold %s",
                            name, HexFormat.of().formatHex(CommandCodec.encode(command)))
                    .isNotNull();
            String hex = new String(file.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
        }
    }
}
