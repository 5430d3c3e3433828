package dev.parley.node.machine;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.Ids;
import dev.parley.chat.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Commands about a few users and conversations, so that they often meet: duplicates, refusals and races
/// included.
final class RandomCommands {
    static final List<String> USERS = List.of("alice", "bob", "carol", "dave", "erin");
    private static final int GROUPS = 3;
    private static final List<Role> ROLES = List.of(Role.OWNER, Role.ADMIN, Role.MEMBER);

    private final Random random;

    RandomCommands(Random random) {
        this.random = random;
    }

    /// All conversations that the commands are about, opened or not.
    static List<String> conversations() {
        List<String> ids = new ArrayList<>();
        USERS.stream().skip(1).forEach(other -> ids.add(Ids.direct("alice", other)));
        for (int group = 0; group < GROUPS; group++) {
            ids.add(Ids.group("alice", "g-" + group));
        }
        return ids;
    }

    ChatCommand.OnConversation next() {
        int dice = random.nextInt(100);
        if (dice < 5) {
            return direct(USERS.get(1 + random.nextInt(USERS.size() - 1)));
        }
        if (dice < 9) {
            return createGroup();
        }
        if (dice < 50) {
            return new ChatCommand.PostMessage(
                    conversation(), user(), "phone", "m-" + random.nextInt(40), "text " + random.nextInt(2));
        }
        if (dice < 60) {
            return new ChatCommand.AddMember(group(), user(), user(), ROLES.get(random.nextInt(ROLES.size())));
        }
        if (dice < 68) {
            return new ChatCommand.RemoveMember(random.nextInt(10) == 0 ? conversation() : group(), user(), user());
        }
        if (dice < 82) {
            return new ChatCommand.AdvanceRead(conversation(), user(), random.nextInt(30) - 1, random.nextInt(3) == 0);
        }
        if (dice < 92) {
            return new ChatCommand.AdvanceDelivered(
                    conversation(), user(), "d" + random.nextInt(4), random.nextInt(30) - 1);
        }
        return dice < 96 ? new ChatCommand.SetMuted(conversation(), user(), random.nextBoolean()) : block();
    }

    private ChatCommand.OnConversation direct(String other) {
        boolean aliceAsks = random.nextBoolean();
        return new ChatCommand.CreateDirect(
                Ids.direct("alice", other), aliceAsks ? "alice" : other, aliceAsks ? other : "alice");
    }

    private ChatCommand.OnConversation createGroup() {
        List<String> members = random.nextInt(4) == 0 ? List.of("bob") : List.of("carol", "bob");
        return new ChatCommand.CreateGroup(group(), "alice", "Title", members);
    }

    private ChatCommand.OnConversation block() {
        String other = USERS.get(1 + random.nextInt(USERS.size() - 1));
        boolean aliceBlocks = random.nextBoolean();
        return new ChatCommand.SetBlocked(
                Ids.direct("alice", other),
                aliceBlocks ? "alice" : other,
                aliceBlocks ? other : "alice",
                random.nextInt(3) == 0);
    }

    private String conversation() {
        return random.nextBoolean() ? group() : Ids.direct("alice", USERS.get(1 + random.nextInt(USERS.size() - 1)));
    }

    private String group() {
        return Ids.group("alice", "g-" + random.nextInt(GROUPS));
    }

    private String user() {
        return USERS.get(random.nextInt(USERS.size()));
    }
}
