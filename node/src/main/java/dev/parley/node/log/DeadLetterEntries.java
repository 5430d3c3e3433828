package dev.parley.node.log;

import dev.parley.chat.ChatCommand;
import dev.parley.chat.DeadLetter;
import dev.parley.node.log.proto.AddDeadLetterEntry;
import dev.parley.node.log.proto.CommandEntry;
import dev.parley.node.log.proto.DropDeadLetterEntry;
import dev.parley.node.log.proto.PushLetterEntry;
import dev.parley.node.log.proto.RetryDeadLetterEntry;

/// The commands about dead letters, as the Raft log stores them. Stateless.
final class DeadLetterEntries {

    static void encode(CommandEntry.Builder entry, ChatCommand.OnDeadLetters command) {
        switch (command) {
            case ChatCommand.AddDeadLetter add -> entry.setAddDeadLetter(add(add.partition(), add.letter()));
            case ChatCommand.DropDeadLetter drop ->
                entry.setDropDeadLetter(DropDeadLetterEntry.newBuilder()
                        .setPartition(drop.partition())
                        .setNumber(drop.number()));
            case ChatCommand.RetryDeadLetter retry ->
                entry.setRetryDeadLetter(RetryDeadLetterEntry.newBuilder()
                        .setPartition(retry.partition())
                        .setNumber(retry.number()));
        }
    }

    static ChatCommand add(AddDeadLetterEntry entry) {
        DeadLetter.Content content = switch (entry.getContentCase()) {
            case LIST_NOTE -> new DeadLetter.ListNote(CommandCodec.activity(entry.getListNote()));
            case PUSH -> push(entry.getPush());
            case CONTENT_NOT_SET ->
                throw new UnknownCommandException("expected a dead letter that says what it is about but got fields "
                        + entry.getUnknownFields().asMap().keySet());
        };
        return new ChatCommand.AddDeadLetter(
                entry.getPartition(),
                new DeadLetter(content, entry.getReason(), entry.getTries(), entry.getAtMillis()));
    }

    private static AddDeadLetterEntry.Builder add(int partition, DeadLetter letter) {
        AddDeadLetterEntry.Builder entry = AddDeadLetterEntry.newBuilder()
                .setPartition(partition)
                .setReason(letter.reason())
                .setTries(letter.tries())
                .setAtMillis(letter.atMillis());
        switch (letter.content()) {
            case DeadLetter.ListNote(var activity) -> entry.setListNote(CommandCodec.activity(activity));
            case DeadLetter.Push push ->
                entry.setPush(PushLetterEntry.newBuilder()
                        .setUserId(push.userId())
                        .setConversationId(push.conversationId())
                        .setDeviceId(push.deviceId())
                        .setProvider(push.provider())
                        .setSeq(push.seq()));
        }
        return entry;
    }

    private static DeadLetter.Push push(PushLetterEntry entry) {
        return new DeadLetter.Push(
                entry.getUserId(), entry.getConversationId(), entry.getDeviceId(), entry.getProvider(), entry.getSeq());
    }

    private DeadLetterEntries() {}
}
