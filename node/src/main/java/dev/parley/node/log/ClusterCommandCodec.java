package dev.parley.node.log;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.node.log.proto.AddTokenEntry;
import dev.parley.node.log.proto.ClusterCommandEntry;
import dev.parley.node.log.proto.ControlJobEntry;
import dev.parley.node.log.proto.EndJobEntry;
import dev.parley.node.log.proto.JoinEntry;
import dev.parley.node.log.proto.NoteStepEntry;
import dev.parley.node.log.proto.StartJobEntry;
import dev.parley.node.system.ClusterCommand;
import dev.parley.node.system.Job;
import dev.parley.node.system.Move;
import dev.parley.raftstorage.GroupId;
import dev.parley.raftstorage.NodeId;

/// Commands to the `system` group as its Raft log stores them (`system.proto`). Stateless.
public final class ClusterCommandCodec {

    private ClusterCommandCodec() {}

    public static byte[] encode(ClusterCommand command) {
        ClusterCommandEntry.Builder entry = ClusterCommandEntry.newBuilder();
        switch (command) {
            case ClusterCommand.Found(var initial) -> entry.setFound(ClusterCodec.value(initial));
            case ClusterCommand.AddToken(String hash, long expires) ->
                entry.setAddToken(AddTokenEntry.newBuilder().setHash(hash).setExpiresMillis(expires));
            case ClusterCommand.Join(var node, String hash) ->
                entry.setJoin(
                        JoinEntry.newBuilder().setNode(ClusterCodec.value(node)).setTokenHash(hash));
            case ClusterCommand.Introduce(var node) -> entry.setIntroduce(ClusterCodec.value(node));
            case ClusterCommand.Activate(NodeId node) -> entry.setActivate(node.value());
            case ClusterCommand.StartJob start -> entry.setStartJob(startJob(start));
            case ClusterCommand.NoteStep(long job, GroupId group, Move.Step step, String note) ->
                entry.setNoteStep(NoteStepEntry.newBuilder()
                        .setJob(job)
                        .setGroup(group.name())
                        .setStep(step.name())
                        .setNote(note));
            case ClusterCommand.ControlJob(long job, ClusterCommand.Control control) ->
                entry.setControlJob(ControlJobEntry.newBuilder().setJob(job).setControl(control.name()));
            case ClusterCommand.EndJob(long job, String note) ->
                entry.setEndJob(EndJobEntry.newBuilder().setJob(job).setNote(note));
            case ClusterCommand.RemoveNode(NodeId node) -> entry.setRemoveNode(node.value());
        }
        return entry.build().toByteArray();
    }

    /// The command that the bytes hold.
    ///
    /// @throws UnknownCommandException if the bytes are no command, or one of a newer release
    public static ClusterCommand decode(byte[] bytes) {
        ClusterCommandEntry entry;
        try {
            entry = ClusterCommandEntry.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new UnknownCommandException("bytes are no command to the system group", e);
        }
        return switch (entry.getKindCase()) {
            case FOUND -> new ClusterCommand.Found(ClusterCodec.state(entry.getFound()));
            case ADD_TOKEN ->
                new ClusterCommand.AddToken(
                        entry.getAddToken().getHash(), entry.getAddToken().getExpiresMillis());
            case JOIN ->
                new ClusterCommand.Join(
                        ClusterCodec.node(entry.getJoin().getNode()),
                        entry.getJoin().getTokenHash());
            case INTRODUCE -> new ClusterCommand.Introduce(ClusterCodec.node(entry.getIntroduce()));
            case ACTIVATE -> new ClusterCommand.Activate(new NodeId(entry.getActivate()));
            case START_JOB -> startJob(entry.getStartJob());
            case NOTE_STEP ->
                new ClusterCommand.NoteStep(
                        entry.getNoteStep().getJob(),
                        new GroupId(entry.getNoteStep().getGroup()),
                        ClusterCodec.constant(
                                Move.Step.values(), entry.getNoteStep().getStep()),
                        entry.getNoteStep().getNote());
            case CONTROL_JOB ->
                new ClusterCommand.ControlJob(
                        entry.getControlJob().getJob(),
                        ClusterCodec.constant(
                                ClusterCommand.Control.values(),
                                entry.getControlJob().getControl()));
            case END_JOB ->
                new ClusterCommand.EndJob(
                        entry.getEndJob().getJob(), entry.getEndJob().getNote());
            case REMOVE_NODE -> new ClusterCommand.RemoveNode(new NodeId(entry.getRemoveNode()));
            case KIND_NOT_SET -> throw new UnknownCommandException("unknown command to the system group");
        };
    }

    private static StartJobEntry startJob(ClusterCommand.StartJob start) {
        StartJobEntry.Builder entry = StartJobEntry.newBuilder()
                .setKind(start.kind().name())
                .setNodeId(ClusterCodec.text(start.node()))
                .setRateBytes(start.rateBytes())
                .setPlanned(start.planned());
        start.moves().forEach(move -> entry.addMoves(ClusterCodec.value(move)));
        return entry.build();
    }

    private static ClusterCommand.StartJob startJob(StartJobEntry entry) {
        return new ClusterCommand.StartJob(
                ClusterCodec.constant(Job.Kind.values(), entry.getKind()),
                ClusterCodec.nodeId(entry.getNodeId()),
                entry.getMovesList().stream().map(ClusterCodec::move).toList(),
                entry.getRateBytes(),
                entry.getPlanned());
    }
}
