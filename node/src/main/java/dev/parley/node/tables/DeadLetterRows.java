package dev.parley.node.tables;

import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.node.tables.proto.DeadLetterPlaceRow;
import dev.parley.node.tables.proto.DeadLetterRow;
import dev.parley.node.tables.proto.LetterContentValue;
import dev.parley.node.tables.proto.ListNoteValue;
import dev.parley.node.tables.proto.PushValue;
import java.util.Optional;

/// The rows of dead letters. Stateless.
final class DeadLetterRows {

    static byte[] encode(DeadLetter letter) {
        return DeadLetterRow.newBuilder()
                .setContent(content(letter.content()))
                .setReason(letter.reason())
                .setTries(letter.tries())
                .setAtMillis(letter.atMillis())
                .build()
                .toByteArray();
    }

    static DeadLetter decode(byte[] bytes) {
        DeadLetterRow row = Rows.parse(DeadLetterRow.parser(), bytes);
        return new DeadLetter(content(row.getContent()), row.getReason(), row.getTries(), row.getAtMillis());
    }

    static byte[] place(long number) {
        return DeadLetterPlaceRow.newBuilder().setNumber(number).build().toByteArray();
    }

    static long place(byte[] bytes) {
        return Rows.parse(DeadLetterPlaceRow.parser(), bytes).getNumber();
    }

    static LetterContentValue content(DeadLetter.Content content) {
        return switch (content) {
            case DeadLetter.ListNote(var activity) ->
                LetterContentValue.newBuilder().setListNote(listNote(activity)).build();
            case DeadLetter.Push push ->
                LetterContentValue.newBuilder()
                        .setPush(PushValue.newBuilder()
                                .setUserId(push.userId())
                                .setConversationId(push.conversationId())
                                .setDeviceId(push.deviceId())
                                .setProvider(push.provider())
                                .setSeq(push.seq()))
                        .build();
        };
    }

    static DeadLetter.Content content(LetterContentValue value) {
        return switch (value.getKindCase()) {
            case LIST_NOTE -> new DeadLetter.ListNote(activity(value.getListNote()));
            case PUSH ->
                new DeadLetter.Push(
                        value.getPush().getUserId(),
                        value.getPush().getConversationId(),
                        value.getPush().getDeviceId(),
                        value.getPush().getProvider(),
                        value.getPush().getSeq());
            case KIND_NOT_SET -> throw Rows.unknown("dead letter", value.getUnknownFields());
        };
    }

    private static ListNoteValue listNote(Activity activity) {
        Progress progress = activity.progress();
        ListNoteValue.Builder value = ListNoteValue.newBuilder()
                .setUserId(activity.userId())
                .setConversationId(activity.conversationId())
                .setHeadSeq(progress.headSeq())
                .setHeadOrdinal(progress.headOrdinal())
                .setReadSeq(progress.readSeq())
                .setReadOrdinal(progress.readOrdinal())
                .setActivityMillis(progress.activityMillis())
                .setMentionSeq(progress.mentionSeq())
                .setDeliveryNumber(activity.deliveryNumber());
        activity.muted().ifPresent(value::setMuted);
        return value.build();
    }

    private static Activity activity(ListNoteValue value) {
        return new Activity(
                value.getUserId(),
                value.getConversationId(),
                new Progress(
                        value.getHeadSeq(),
                        value.getHeadOrdinal(),
                        value.getReadSeq(),
                        value.getReadOrdinal(),
                        value.getActivityMillis(),
                        value.getMentionSeq()),
                value.hasMuted() ? Optional.of(value.getMuted()) : Optional.empty(),
                value.getDeliveryNumber());
    }

    private DeadLetterRows() {}
}
