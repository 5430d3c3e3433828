package dev.parley.node.peer;

import dev.parley.chat.ChatCommand.Activity;
import dev.parley.chat.ChatQuery;
import dev.parley.chat.DeadLetter;
import dev.parley.chat.ListedConversation.Progress;
import dev.parley.chat.QueryAnswer;
import dev.parley.node.peer.wire.DeadLetterPage;
import dev.parley.node.peer.wire.DeadLettersQuery;
import dev.parley.node.peer.wire.LetterContent;
import dev.parley.node.peer.wire.ListNote;
import dev.parley.node.peer.wire.PushLetter;
import java.util.Optional;

/// Dead letters, to the messages of `peer.proto` and back.
final class DeadLetterCodec {

    static DeadLettersQuery wire(ChatQuery.DeadLetters query) {
        return DeadLettersQuery.newBuilder()
                .setPartition(query.partition())
                .setAfterNumber(query.afterNumber())
                .setLimit(query.limit())
                .build();
    }

    static ChatQuery query(DeadLettersQuery wire) {
        return new ChatQuery.DeadLetters(wire.getPartition(), wire.getAfterNumber(), wire.getLimit());
    }

    static DeadLetterPage wire(QueryAnswer.DeadLetterPage page) {
        DeadLetterPage.Builder wire = DeadLetterPage.newBuilder()
                .setMore(page.more())
                .setLast(page.counts().last())
                .setKept(page.counts().kept())
                .setDropped(page.counts().dropped());
        for (DeadLetter.Numbered numbered : page.letters()) {
            wire.addLetters(wire(numbered));
        }
        return wire.build();
    }

    static QueryAnswer page(DeadLetterPage wire) {
        return new QueryAnswer.DeadLetterPage(
                wire.getLettersList().stream().map(DeadLetterCodec::numbered).toList(),
                wire.getMore(),
                new DeadLetter.Counts(wire.getLast(), wire.getKept(), wire.getDropped()));
    }

    static dev.parley.node.peer.wire.DeadLetter wire(DeadLetter.Numbered numbered) {
        return dev.parley.node.peer.wire.DeadLetter.newBuilder()
                .setNumber(numbered.number())
                .setContent(wire(numbered.letter().content()))
                .setReason(numbered.letter().reason())
                .setTries(numbered.letter().tries())
                .setAtMillis(numbered.letter().atMillis())
                .build();
    }

    static DeadLetter.Numbered numbered(dev.parley.node.peer.wire.DeadLetter wire) {
        return new DeadLetter.Numbered(
                wire.getNumber(),
                new DeadLetter(content(wire.getContent()), wire.getReason(), wire.getTries(), wire.getAtMillis()));
    }

    static LetterContent wire(DeadLetter.Content content) {
        return switch (content) {
            case DeadLetter.ListNote(var activity) ->
                LetterContent.newBuilder().setListNote(wire(activity)).build();
            case DeadLetter.Push push ->
                LetterContent.newBuilder()
                        .setPush(PushLetter.newBuilder()
                                .setUserId(push.userId())
                                .setConversationId(push.conversationId())
                                .setDeviceId(push.deviceId())
                                .setProvider(push.provider())
                                .setSeq(push.seq()))
                        .build();
        };
    }

    static DeadLetter.Content content(LetterContent wire) {
        return switch (wire.getKindCase()) {
            case LIST_NOTE -> new DeadLetter.ListNote(activity(wire.getListNote()));
            case PUSH ->
                new DeadLetter.Push(
                        wire.getPush().getUserId(),
                        wire.getPush().getConversationId(),
                        wire.getPush().getDeviceId(),
                        wire.getPush().getProvider(),
                        wire.getPush().getSeq());
            case KIND_NOT_SET ->
                throw new IllegalArgumentException("the peer tells of a dead letter of a newer release");
        };
    }

    private static ListNote wire(Activity activity) {
        Progress progress = activity.progress();
        ListNote.Builder wire = ListNote.newBuilder()
                .setUserId(activity.userId())
                .setConversationId(activity.conversationId())
                .setHeadSeq(progress.headSeq())
                .setHeadOrdinal(progress.headOrdinal())
                .setReadSeq(progress.readSeq())
                .setReadOrdinal(progress.readOrdinal())
                .setActivityMillis(progress.activityMillis())
                .setMentionSeq(progress.mentionSeq())
                .setDeliveryNumber(activity.deliveryNumber());
        activity.muted().ifPresent(wire::setMuted);
        return wire.build();
    }

    private static Activity activity(ListNote wire) {
        return new Activity(
                wire.getUserId(),
                wire.getConversationId(),
                new Progress(
                        wire.getHeadSeq(),
                        wire.getHeadOrdinal(),
                        wire.getReadSeq(),
                        wire.getReadOrdinal(),
                        wire.getActivityMillis(),
                        wire.getMentionSeq()),
                wire.hasMuted() ? Optional.of(wire.getMuted()) : Optional.empty(),
                wire.getDeliveryNumber());
    }

    private DeadLetterCodec() {}
}
