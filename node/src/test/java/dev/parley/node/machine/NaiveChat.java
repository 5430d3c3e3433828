package dev.parley.node.machine;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.Refusal;
import dev.parley.chat.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Conversations written down as simply as can be, to compare the machine with: lists, counting, no rows, no
/// cursors
/// into ordinals. Shares no code with the rules. Answers in a few words ([ModelTest] says the machine's answer
/// in the
/// same words).
final class NaiveChat {
    private final Map<String, Room> rooms = new TreeMap<>();
    private final Map<List<String>, Post> posts = new HashMap<>();
    private final Set<List<String>> blocks = new HashSet<>();

    /// One record of a log: a message, or else a change of members.
    record Entry(String sender, boolean message, String said) {}

    private record Post(long seq, String text) {}

    /// A conversation.
    static final class Room {
        final boolean direct;
        final String asked;
        final List<Entry> log = new ArrayList<>();
        final TreeMap<String, Seat> seats = new TreeMap<>();

        Room(boolean direct, String asked) {
            this.direct = direct;
            this.asked = asked;
        }

        long unread(Seat seat) {
            long unread = 0;
            for (int seq = (int) seat.read + 1; seq <= log.size(); seq++) {
                unread += log.get(seq - 1).message() ? 1 : 0;
            }
            return unread;
        }
    }

    /// A member's place in a conversation.
    static final class Seat {
        Role role;
        final long joined;
        long read;
        long shown;
        long delivered;
        boolean muted;

        final TreeMap<String, Long> devices = new TreeMap<>();

        Seat(Role role, long joined) {
            this.role = role;
            this.joined = joined;
            this.read = joined - 1;
            this.shown = joined - 1;
            this.delivered = joined - 1;
        }
    }

    Map<String, Room> rooms() {
        return rooms;
    }

    String run(ChatCommand.OnConversation command) {
        return switch (command) {
            case ChatCommand.CreateDirect create -> createDirect(create);
            case ChatCommand.CreateGroup create -> createGroup(create);
            case ChatCommand.SetBlocked block -> block(block);
            case ChatCommand.PostMessage post -> post(post);
            case ChatCommand.AddMember add -> inside(add.conversationId(), add.actorId(), room -> add(room, add));
            case ChatCommand.RemoveMember remove ->
                inside(remove.conversationId(), remove.actorId(), room -> remove(room, remove));
            case ChatCommand.AdvanceRead read ->
                read.throughSeq() < 0
                        ? refused(Refusal.INVALID_FIELD)
                        : inside(read.conversationId(), read.readerId(), room -> read(room, read));
            case ChatCommand.AdvanceDelivered delivered ->
                delivered.throughSeq() < 0
                        ? refused(Refusal.INVALID_FIELD)
                        : inside(delivered.conversationId(), delivered.receiverId(), room -> deliver(room, delivered));
            case ChatCommand.SetMuted mute ->
                inside(mute.conversationId(), mute.memberId(), room -> {
                    seat(room, mute.memberId()).muted = mute.muted();
                    return "done";
                });
        };
    }

    private String createDirect(ChatCommand.CreateDirect create) {
        boolean existed = rooms.containsKey(create.conversationId());
        if (!existed) {
            Room room = new Room(true, "");
            room.seats.put(create.creatorId(), new Seat(Role.MEMBER, 1));
            room.seats.put(create.otherId(), new Seat(Role.MEMBER, 1));
            rooms.put(create.conversationId(), room);
        }
        return "opened existed=" + existed;
    }

    private String createGroup(ChatCommand.CreateGroup create) {
        TreeSet<String> everyone = new TreeSet<>(create.memberIds());
        everyone.add(create.creatorId());
        String asked = create.title() + everyone;
        Room existing = rooms.get(create.conversationId());
        if (existing != null) {
            return existing.asked.equals(asked)
                    ? "opened existed=true"
                    : refused(Refusal.CLIENT_CONVERSATION_ID_REUSED);
        }
        Room room = new Room(false, asked);
        room.log.add(new Entry(create.creatorId(), false, "CREATED " + create.creatorId()));
        everyone.forEach(user -> room.seats.put(user, new Seat(Role.MEMBER, 1)));
        seat(room, create.creatorId()).role = Role.OWNER;
        rooms.put(create.conversationId(), room);
        return "opened existed=false";
    }

    private String block(ChatCommand.SetBlocked block) {
        List<String> key = List.of(block.conversationId(), block.blockedId());
        if (block.blocked()) {
            blocks.add(key);
        } else {
            blocks.remove(key);
        }
        return "done";
    }

    private String post(ChatCommand.PostMessage post) {
        Post before = posts.get(List.of(post.conversationId(), post.senderId(), post.clientMessageId()));
        if (before != null) {
            return before.text().equals(post.text())
                    ? "posted %d duplicate=true".formatted(before.seq())
                    : refused(Refusal.CLIENT_MESSAGE_ID_REUSED);
        }
        return inside(post.conversationId(), post.senderId(), room -> {
            if (room.direct && blocks.contains(List.of(post.conversationId(), post.senderId()))) {
                return refused(Refusal.BLOCKED);
            }
            long seq = append(room, new Entry(post.senderId(), true, post.text()));
            Seat sender = seat(room, post.senderId());
            sender.read = seq;
            sender.shown = seq;
            sender.delivered = seq;
            posts.put(
                    List.of(post.conversationId(), post.senderId(), post.clientMessageId()),
                    new Post(seq, post.text()));
            return "posted %d duplicate=false".formatted(seq);
        });
    }

    private String add(Room room, ChatCommand.AddMember add) {
        Role actor = seat(room, add.actorId()).role;
        if (room.direct || actor == Role.MEMBER) {
            return refused(Refusal.ROLE_REQUIRED);
        }
        Seat present = room.seats.get(add.memberId());
        if (present == null) {
            if (actor == Role.ADMIN && add.role() != Role.MEMBER) {
                return refused(Refusal.ROLE_REQUIRED);
            }
            long seq = append(room, new Entry(add.actorId(), false, "ADDED " + add.memberId()));
            room.seats.put(add.memberId(), new Seat(add.role(), seq));
            return "members " + seq;
        }
        if (present.role == add.role()) {
            return "members " + room.log.size();
        }
        if (actor == Role.ADMIN || (present.role == Role.OWNER && owners(room) == 1)) {
            return refused(Refusal.ROLE_REQUIRED);
        }
        present.role = add.role();
        return "members " + append(room, new Entry(add.actorId(), false, "ROLE_CHANGED " + add.memberId()));
    }

    private String remove(Room room, ChatCommand.RemoveMember remove) {
        Role actor = seat(room, remove.actorId()).role;
        if (room.direct) {
            return refused(Refusal.ROLE_REQUIRED);
        }
        if (remove.actorId().equals(remove.memberId())) {
            return leave(room, remove.actorId());
        }
        if (actor == Role.MEMBER) {
            return refused(Refusal.ROLE_REQUIRED);
        }
        Seat present = room.seats.get(remove.memberId());
        if (present == null) {
            return "members " + room.log.size();
        }
        if (actor == Role.ADMIN && present.role != Role.MEMBER) {
            return refused(Refusal.ROLE_REQUIRED);
        }
        room.seats.remove(remove.memberId());
        return "members " + append(room, new Entry(remove.actorId(), false, "REMOVED " + remove.memberId()));
    }

    private static String leave(Room room, String leaver) {
        long seq = append(room, new Entry(leaver, false, "LEFT " + leaver));
        room.seats.remove(leaver);
        if (owners(room) == 0 && !room.seats.isEmpty()) {
            Map.Entry<String, Seat> heir = room.seats.entrySet().stream()
                    .min(Comparator.<Map.Entry<String, Seat>>comparingInt(
                                    entry -> entry.getValue().role == Role.ADMIN ? 0 : 1)
                            .thenComparingLong(entry -> entry.getValue().joined)
                            .thenComparing(Map.Entry::getKey))
                    .orElseThrow();
            heir.getValue().role = Role.OWNER;
            append(room, new Entry(leaver, false, "ROLE_CHANGED " + heir.getKey()));
        }
        return "members " + seq;
    }

    private static String read(Room room, ChatCommand.AdvanceRead read) {
        if (read.throughSeq() > room.log.size()) {
            return refused(Refusal.INVALID_FIELD);
        }
        Seat seat = seat(room, read.readerId());
        if (read.throughSeq() > seat.read) {
            seat.read = read.throughSeq();
            seat.shown = read.hidden() ? seat.shown : seat.read;
        }
        seat.delivered = Math.max(seat.delivered, seat.read);
        return "cursor " + seat.read;
    }

    private static String deliver(Room room, ChatCommand.AdvanceDelivered delivered) {
        if (delivered.throughSeq() > room.log.size()) {
            return refused(Refusal.INVALID_FIELD);
        }
        Seat seat = seat(room, delivered.receiverId());
        seat.delivered = Math.max(seat.delivered, delivered.throughSeq());
        if (delivered.throughSeq() >= seat.joined) {
            seat.devices.merge(delivered.deviceId(), delivered.throughSeq(), Math::max);
        }
        return "cursor " + seat.delivered;
    }

    private String inside(String conversationId, String userId, Act act) {
        Room room = rooms.get(conversationId);
        if (room == null) {
            return refused(Refusal.CONVERSATION_UNKNOWN);
        }
        return room.seats.containsKey(userId) ? act.on(room) : refused(Refusal.NOT_A_MEMBER);
    }

    private static long append(Room room, Entry entry) {
        room.log.add(entry);
        return room.log.size();
    }

    private static long owners(Room room) {
        return room.seats.values().stream()
                .filter(seat -> seat.role == Role.OWNER)
                .count();
    }

    private static Seat seat(Room room, String userId) {
        return Optional.ofNullable(room.seats.get(userId)).orElseThrow();
    }

    private static String refused(Refusal refusal) {
        return "refused " + refusal;
    }

    private interface Act {
        String on(Room room);
    }
}
