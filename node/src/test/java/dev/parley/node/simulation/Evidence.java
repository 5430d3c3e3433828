package dev.parley.node.simulation;

import dev.parley.chat.ChatAnswer.MessagePosted;
import dev.parley.chat.ChatCommand.PostMessage;
import dev.parley.chat.ConversationRecord;
import dev.parley.raftstorage.NodeId;
import java.util.List;
import java.util.Map;

/// What is known at the end of a run; what the invariants judge.
///
/// @param acked every acknowledgement that reached a client
/// @param histories per node and conversation all records
/// @param tables per node all rows, as text
/// @param sinks what each machine told its sink, one for each life of each replica
record Evidence(
        List<Acked> acked,
        Map<NodeId, Map<String, List<ConversationRecord>>> histories,
        Map<NodeId, String> tables,
        List<RecordingSink> sinks) {

    /// A post and an acknowledgement of it.
    record Acked(PostMessage post, MessagePosted answer) {}
}
