package dev.parley.node.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.chat.ChatAnswer;
import dev.parley.chat.ChatAnswer.MessagePosted;
import dev.parley.chat.ChatCommand;
import dev.parley.chat.ChatCommand.PostMessage;
import dev.parley.chat.ChatLimits;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.Ids;
import dev.parley.chat.ListedConversation;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.LogPlace;
import dev.parley.chat.QueryAnswer;
import dev.parley.chat.QueryAnswer.AccountState;
import dev.parley.chat.Role;
import dev.parley.node.delivery.Delivery;
import dev.parley.node.delivery.Delivery.Cursor;
import dev.parley.node.delivery.Delivery.CursorMoved;
import dev.parley.node.delivery.Delivery.DeviceRevoked;
import dev.parley.node.delivery.Delivery.RecordAdded;
import dev.parley.node.log.UnknownCommandException;
import dev.parley.node.tables.ChatQueries;
import dev.parley.node.tables.DeliveryRows;
import dev.parley.node.tables.MembershipChange;
import dev.parley.node.tables.MembershipChanges;
import dev.parley.raftstorage.Stamp;
import dev.parley.raftstorage.table.Family;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChatMachineTest {
    private static final String DIRECT = Ids.direct("alice", "bob");
    private static final String GROUP = Ids.group("alice", "g-1");

    private final Replica replica = new Replica();

    @Test
    void a_post_is_delivered_to_all_members_and_the_sender() {
        openDirect();

        MessagePosted answer = (MessagePosted) replica.applyOne(post(DIRECT, "alice", "m-1", "hello"));

        RecordAdded added = (RecordAdded) replica.delivered.getLast().event();
        assertThat(answer.seq()).isEqualTo(1);
        assertThat(added.record().messageId()).isEqualTo(answer.messageId());
        assertThat(added.senderDeviceId()).isEqualTo("phone-of-alice");
        assertThat(added.recipientIds()).containsExactly("alice", "bob");
    }

    @Test
    void a_record_tells_where_its_entry_stands_in_the_log() {
        openDirect();
        replica.applyOne(post(DIRECT, "alice", "m-1", "hello"));
        replica.applyOne(post(DIRECT, "alice", "m-2", "hello again"));

        QueryAnswer.MessageTraced first = traced("1");
        QueryAnswer.MessageTraced second = traced("2");

        LogPlace place = first.found().orElseThrow().place().orElseThrow();
        assertThat(place.term()).isEqualTo(1);
        assertThat(place.index()).isPositive();
        assertThat(second.found().orElseThrow().place()).contains(new LogPlace(1, place.index() + 1));
    }

    private QueryAnswer.MessageTraced traced(String message) {
        return (QueryAnswer.MessageTraced) replica.ask(new ChatQuery.MessageTrace(DIRECT, message));
    }

    @Test
    void nothing_is_delivered_before_the_entry_is_written() {
        openDirect();

        replica.applyUnwritten(post(DIRECT, "alice", "m-1", "hello"));

        assertThat(replica.delivered).isEmpty();
    }

    @Test
    void a_duplicate_and_a_refusal_deliver_nothing() {
        openDirect();
        replica.apply(post(DIRECT, "alice", "m-1", "hello"));

        ChatAnswer again = replica.applyOne(post(DIRECT, "alice", "m-1", "hello"));
        ChatAnswer refused = replica.applyOne(post(DIRECT, "carol", "m-1", "hello"));

        assertThat(again)
                .isInstanceOfSatisfying(
                        MessagePosted.class,
                        posted -> assertThat(posted.duplicate()).isTrue());
        assertThat(refused).isInstanceOf(ChatAnswer.Refused.class);
        assertThat(replica.delivered).hasSize(1);
    }

    @Test
    void commands_of_one_entry_see_each_other() {
        List<ChatAnswer> answers = replica.apply(
                new ChatCommand.CreateDirect(DIRECT, "alice", "bob"),
                post(DIRECT, "alice", "m-1", "hello"),
                post(DIRECT, "alice", "m-1", "hello"),
                post(DIRECT, "bob", "m-1", "hi"));

        assertThat(answers.subList(1, 4))
                .extracting(answer -> ((MessagePosted) answer).seq())
                .containsExactly(1L, 1L, 2L);
        assertThat(((MessagePosted) answers.get(1)).messageId())
                .isNotEqualTo(((MessagePosted) answers.get(3)).messageId());
    }

    @Test
    void cursor_moves_go_to_all_members_but_not_the_one_that_a_post_makes() {
        openDirect();
        replica.apply(post(DIRECT, "alice", "m-1", "one"), post(DIRECT, "alice", "m-2", "two"));

        replica.apply(
                new ChatCommand.AdvanceDelivered(DIRECT, "bob", 2),
                new ChatCommand.AdvanceRead(DIRECT, "bob", 1),
                new ChatCommand.AdvanceRead(DIRECT, "bob", 1));

        assertThat(replica.delivered).extracting(Delivery::number).containsExactly(1L, 2L, 3L, 4L);
        assertThat(replica.delivered.subList(2, 4))
                .extracting(Delivery::event)
                .containsExactly(
                        new CursorMoved(DIRECT, "bob", Cursor.DELIVERED, 2, 0, List.of("alice", "bob")),
                        new CursorMoved(DIRECT, "bob", Cursor.READ, 1, 1, List.of("alice", "bob")));
    }

    @Test
    void the_removed_member_is_told_of_the_removal_and_of_nothing_more() {
        openGroup("bob", "carol");

        replica.apply(new ChatCommand.RemoveMember(GROUP, "alice", "bob"), post(GROUP, "carol", "m-1", "gone"));

        assertThat(replica.delivered.subList(1, 3))
                .extracting(delivery -> ((RecordAdded) delivery.event()).recipientIds())
                .containsExactly(List.of("alice", "bob", "carol"), List.of("alice", "carol"));
    }

    @Test
    void members_who_come_and_go_change_the_recipients_also_after_a_restart() {
        openGroup("bob");
        replica.apply(new ChatCommand.AddMember(GROUP, "alice", "aaron", Role.MEMBER));
        replica.apply(new ChatCommand.RemoveMember(GROUP, "bob", "bob"));
        replica.apply(post(GROUP, "alice", "m-1", "before"));

        replica.reopen();
        replica.apply(post(GROUP, "alice", "m-2", "after"));

        int size = replica.delivered.size();
        assertThat(replica.delivered.subList(size - 2, size))
                .extracting(delivery -> ((RecordAdded) delivery.event()).recipientIds())
                .containsExactly(List.of("aaron", "alice"), List.of("aaron", "alice"));
    }

    @Test
    void a_revoked_device_is_told_once() {
        replica.apply(new ChatCommand.RegisterDevice("alice", "phone", "ios"));

        replica.apply(new ChatCommand.RevokeDevice("alice", "phone"), new ChatCommand.RevokeDevice("alice", "phone"));

        assertThat(replica.delivered).extracting(Delivery::event).containsExactly(new DeviceRevoked("alice", "phone"));
    }

    @Test
    void an_opened_machine_tells_the_sink_which_number_comes_next() {
        openDirect();
        replica.apply(post(DIRECT, "alice", "m-1", "hello"));

        replica.reopen();
        replica.apply(post(DIRECT, "alice", "m-2", "hello again"));

        assertThat(replica.resets).containsExactly(1L, 2L);
        assertThat(replica.delivered).extracting(Delivery::number).containsExactly(1L, 2L);
    }

    @Test
    void deliveries_can_be_read_again_from_their_rows() {
        openGroup("bob", "carol");
        replica.apply(
                post(GROUP, "alice", "m-1", "hello"),
                new ChatCommand.AdvanceRead(GROUP, "bob", 2),
                new ChatCommand.AdvanceDelivered(GROUP, "carol", 2),
                new ChatCommand.AdvanceRead(GROUP, "carol", 2, true),
                new ChatCommand.RegisterDevice("alice", "phone", "ios"),
                new ChatCommand.RevokeDevice("alice", "phone"));

        assertThat(DeliveryRows.read(replica.tables, 1, 100)).isEqualTo(replica.delivered);
        assertThat(DeliveryRows.read(replica.tables, 3, 2)).isEqualTo(replica.delivered.subList(2, 4));
        assertThat(DeliveryRows.next(replica.tables)).isEqualTo(7);
    }

    @Test
    void deliveries_read_again_go_only_to_those_who_may_see_them_now() {
        openGroup("bob", "carol");
        replica.apply(
                post(GROUP, "alice", "m-1", "hello"),
                new ChatCommand.RemoveMember(GROUP, "alice", "bob"),
                new ChatCommand.AddMember(GROUP, "alice", "dave", Role.MEMBER));

        assertThat(DeliveryRows.read(replica.tables, 2, 3))
                .extracting(delivery -> ((RecordAdded) delivery.event()).recipientIds())
                .containsExactly(
                        List.of("alice", "carol"), List.of("alice", "carol", "bob"), List.of("alice", "carol", "dave"));
    }

    @Test
    void delivery_rows_are_kept_until_lists_are_told_and_pushes_done_and_of_those_the_newest() {
        openDirect();
        int posts = DeliveryRows.KEPT + 3_000;
        postMany(0, posts);

        assertThat(DeliveryRows.firstRetained(replica.tables)).isEqualTo(1);

        replica.apply(new ChatCommand.AdvanceOutboxCheckpoint(0, posts - 10));
        postMany(posts, 1_000);
        assertThat(DeliveryRows.firstRetained(replica.tables)).isEqualTo(1);

        replica.apply(new ChatCommand.NotePushes(0, posts - 10, List.of()));
        postMany(posts + 1_000, 4_000);

        long next = DeliveryRows.next(replica.tables);
        long first = DeliveryRows.firstRetained(replica.tables);
        assertThat(next - first).isEqualTo(DeliveryRows.KEPT);
        assertThat(DeliveryRows.read(replica.tables, 1, 1).getFirst().number()).isEqualTo(first);
    }

    private void postMany(int from, int count) {
        ChatCommand[] entry = new ChatCommand[Math.min(count, 1_000)];
        for (int at = from; at < from + count; at += entry.length) {
            int left = Math.min(entry.length, from + count - at);
            for (int index = 0; index < left; index++) {
                entry[index] = post(DIRECT, "alice", "m-" + (at + index), "x");
            }
            replica.apply(Arrays.copyOf(entry, left));
        }
    }

    @Test
    void a_checkpoint_past_the_last_delivery_is_refused() {
        openDirect();
        replica.apply(post(DIRECT, "alice", "m-1", "x"));

        assertThat(replica.apply(new ChatCommand.AdvanceOutboxCheckpoint(0, 2)))
                .singleElement()
                .isInstanceOf(ChatAnswer.Refused.class);
        assertThat(replica.apply(new ChatCommand.AdvanceOutboxCheckpoint(0, 1))).containsExactly(new ChatAnswer.Done());
    }

    /// Of very many changes the log keeps the newest, and says of older versions that it does not know them.
    @Test
    void a_list_keeps_a_bounded_log_of_its_changes() {
        int changes = ChatLimits.INBOX_CHANGES_KEPT + 100;
        for (int at = 1; at <= changes; at++) {
            replica.apply(new ChatCommand.NoteActivity(
                    0,
                    List.of(new ChatCommand.Activity(
                            "alice", DIRECT, new Progress(at, at, 0, 0, at, 0), Optional.empty(), at))));
        }

        assertThat(ChatQueries.answer(replica.tables, new ChatQuery.InboxSince("alice", 99, 10)))
                .isEqualTo(new QueryAnswer.InboxNews(false, List.of(), changes, changes));
        assertThat(ChatQueries.answer(replica.tables, new ChatQuery.InboxSince("alice", 100, 10)))
                .isEqualTo(new QueryAnswer.InboxNews(
                        true,
                        List.of(new QueryAnswer.Changed(
                                DIRECT,
                                100,
                                ListedConversation.NONE.advanced(new Progress(changes, changes, 0, 0, changes, 0)))),
                        changes,
                        changes));
    }

    @Test
    void membership_changes_are_kept_until_the_checkpoint_passed_them() {
        openDirect();
        openGroup("bob");
        replica.apply(new ChatCommand.RemoveMember(GROUP, "alice", "bob"));

        assertThat(MembershipChanges.after(replica.tables, 0, 100))
                .containsExactly(
                        new MembershipChange(1, "alice", DIRECT, 0, true),
                        new MembershipChange(2, "bob", DIRECT, 0, true),
                        new MembershipChange(3, "alice", GROUP, 1, true),
                        new MembershipChange(4, "bob", GROUP, 1, true),
                        new MembershipChange(5, "bob", GROUP, 2, false));

        replica.apply(new ChatCommand.AdvanceMembershipCheckpoint(0, 3));

        assertThat(MembershipChanges.checkpoint(replica.tables)).isEqualTo(3);
        assertThat(MembershipChanges.last(replica.tables)).isEqualTo(5);
        assertThat(MembershipChanges.after(replica.tables, 0, 1))
                .containsExactly(new MembershipChange(4, "bob", GROUP, 1, true));
    }

    @Test
    void a_retried_letter_is_delivered_and_read_back_like_any_delivery() {
        DeadLetter.Push push = new DeadLetter.Push("alice", DIRECT, "phone", "apns", 7);
        DeadLetter.ListNote note = new DeadLetter.ListNote(
                new ChatCommand.Activity("no user", DIRECT, new Progress(9, 8, 7, 6, 5, 4), Optional.of(true), 3));
        replica.apply(
                new ChatCommand.AddDeadLetter(0, new DeadLetter(push, "HTTP 500", 5, 17)),
                new ChatCommand.AddDeadLetter(0, new DeadLetter(note, "no such user", 2, 18)),
                new ChatCommand.AddDeadLetter(0, new DeadLetter(push, "HTTP 400", 6, 19)));
        assertThat(replica.ask(new ChatQuery.DeadLetters(0, 0, 10)))
                .isEqualTo(new QueryAnswer.DeadLetterPage(
                        List.of(
                                new DeadLetter.Numbered(1, new DeadLetter(push, "HTTP 400", 6, 19)),
                                new DeadLetter.Numbered(2, new DeadLetter(note, "no such user", 2, 18))),
                        false,
                        new DeadLetter.Counts(2, 2, 0)));

        replica.apply(new ChatCommand.RetryDeadLetter(0, 1), new ChatCommand.RetryDeadLetter(0, 2));

        assertThat(replica.delivered)
                .extracting(Delivery::event)
                .containsExactly(new Delivery.Retried(push), new Delivery.Retried(note));
        assertThat(DeliveryRows.read(replica.tables, 1, 10)).isEqualTo(replica.delivered);
        assertThat(replica.ask(new ChatQuery.DeadLetters(0, 0, 10)))
                .isEqualTo(new QueryAnswer.DeadLetterPage(List.of(), false, new DeadLetter.Counts(2, 0, 0)));
    }

    @Test
    void a_letter_that_was_dropped_leaves_no_row() {
        int rows = replica.tables.size(Family.QUEUE);
        DeadLetter.Push push = new DeadLetter.Push("alice", DIRECT, "phone", "apns", 7);
        replica.apply(new ChatCommand.AddDeadLetter(0, new DeadLetter(push, "HTTP 500", 5, 17)));
        replica.apply(new ChatCommand.DropDeadLetter(0, 1));

        assertThat(replica.tables.size(Family.QUEUE)).isEqualTo(rows);
    }

    @Test
    void the_users_lists_grow_with_notes_and_count_their_changes() {
        replica.apply(
                new ChatCommand.NoteMembership("alice", GROUP, 4, true),
                new ChatCommand.NoteMembership("alice", DIRECT, 0, true),
                new ChatCommand.NoteMembership("alice", GROUP, 2, false),
                new ChatCommand.CreateUser("alice"),
                new ChatCommand.NoteBlocked("alice", "mallory", true),
                new ChatCommand.NoteMembership("alice", DIRECT, 0, true));

        AccountState account = (AccountState) replica.ask(new ChatQuery.Account("alice"));

        assertThat(account.conversationIds()).containsExactlyInAnyOrder(DIRECT, GROUP);
        assertThat(account.blockedUserIds()).containsExactly("mallory");
        assertThat(account.inboxVersion()).isEqualTo(3);
    }

    @Test
    void a_post_is_remembered_for_seven_days_and_then_forgotten() {
        openDirect();
        replica.apply(post(DIRECT, "alice", "m-1", "hello"));

        replica.passMillis(ChatLimits.POSTED_KEPT_MILLIS - 1);
        assertThat(replica.applyOne(post(DIRECT, "alice", "m-1", "other")))
                .as("a day before seven are over")
                .isInstanceOf(ChatAnswer.Refused.class);

        replica.passMillis(10);
        replica.apply(new ChatCommand.CreateUser("alice"));
        assertThat(replica.applyOne(post(DIRECT, "alice", "m-1", "other")))
                .isInstanceOfSatisfying(
                        MessagePosted.class, posted -> assertThat(posted.seq()).isEqualTo(2));
    }

    @Test
    void expired_posts_are_forgotten_a_few_with_each_entry() {
        openDirect();
        for (int index = 0; index < 100; index++) {
            replica.apply(post(DIRECT, "alice", "m-" + index, "x"));
        }
        int queued = replica.tables.size(Family.QUEUE);
        replica.passMillis(ChatLimits.POSTED_KEPT_MILLIS + 1);

        replica.apply(new ChatCommand.CreateUser("alice"));
        int afterOne = replica.tables.size(Family.QUEUE);
        for (int entry = 0; entry < 20; entry++) {
            replica.apply(new ChatCommand.CreateUser("alice"));
        }

        assertThat(queued - afterOne).isBetween(1, 20);
        assertThat(queued - replica.tables.size(Family.QUEUE)).isEqualTo(100);
    }

    @Test
    void a_replica_that_restarts_while_posts_expire_stays_equal_to_one_that_does_not() {
        Replica other = new Replica();
        for (Replica each : List.of(replica, other)) {
            each.apply(new ChatCommand.CreateDirect(DIRECT, "alice", "bob"));
            for (int index = 0; index < 50; index++) {
                each.apply(post(DIRECT, "alice", "m-" + index, "x"));
                each.passMillis(1_000);
            }
            each.passMillis(ChatLimits.POSTED_KEPT_MILLIS - 30_000);
            for (int entry = 0; entry < 30; entry++) {
                each.apply(new ChatCommand.CreateUser("user-" + entry));
                each.passMillis(entry * 100L);
                if (each == other) {
                    each.reopen();
                }
            }
        }

        assertThat(other.tables.dump()).isEqualTo(replica.tables.dump());
    }

    @Test
    void an_entry_that_cannot_be_understood_is_not_passed_over() {
        Stamp stamp = new Stamp(Replica.START_MILLIS, 1, 1, 1);

        assertThatThrownBy(() -> replica.apply(stamp, List.of(new byte[] {1, 2, 3})))
                .isInstanceOf(UnknownCommandException.class);
    }

    private void openDirect() {
        replica.apply(new ChatCommand.CreateDirect(DIRECT, "alice", "bob"));
    }

    private void openGroup(String... others) {
        replica.apply(new ChatCommand.CreateGroup(GROUP, "alice", "Friends", List.of(others)));
    }

    private static PostMessage post(String conversationId, String senderId, String clientMessageId, String text) {
        return new PostMessage(conversationId, senderId, "phone-of-" + senderId, clientMessageId, text);
    }
}
