package dev.parley.jepsen.checker;

import dev.parley.jepsen.history.Datum;
import dev.parley.jepsen.history.History;
import dev.parley.jepsen.history.History.Call;
import dev.parley.jepsen.history.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A history with its sends and reads picked out.
public final class Facts {

    private final History history;
    private final List<Call> calls;
    private final List<Send> sends = new ArrayList<>();
    private final List<Read> reads = new ArrayList<>();

    public Facts(History history) {
        this.history = history;
        this.calls = history.calls();
        for (Call call : calls) {
            switch (call.invoke().f()) {
                case "send" -> sends.add(Send.of(call));
                case "poll", "drain" -> addReads(call);
                default -> {
                    // of no concern for the log; its own checker picks it out
                }
            }
        }
    }

    /// One attempt to post a message.
    ///
    /// @param message unique in the run; another attempt to post the same has the same
    /// @param seq the place that it was given, if it was acknowledged
    public record Send(long conversation, long message, OptionalLong seq, Call call) {

        static Send of(Call call) {
            Datum asked = ((Datum.Vec) call.invoke().value().asList().getFirst());
            OptionalLong seq = OptionalLong.empty();
            if (call.isOk()) {
                Datum answered = call.value().asList().getFirst();
                seq = OptionalLong.of(
                        answered.asList().get(2).asList().getFirst().asLong());
            }
            return new Send(
                    asked.asList().get(1).asLong(), asked.asList().get(2).asLong(), seq, call);
        }
    }

    /// A record at its place. Records that are no messages have none.
    public record Placed(long seq, OptionalLong message) {}

    /// What one read or one batch of pushes brought of one conversation.
    ///
    /// @param toEnd whether it says that nothing comes after it
    /// @param whole whether it is all of the log, read when nothing moved any more
    public record Read(long conversation, List<Placed> records, boolean toEnd, boolean whole, Call call) {

        public String node() {
            return call.invoke().node().orElse("?");
        }
    }

    public History history() {
        return history;
    }

    public Stream<Call> calls(String f) {
        return calls.stream().filter(call -> call.invoke().f().equals(f));
    }

    public List<Send> sends() {
        return sends;
    }

    public List<Read> reads() {
        return reads;
    }

    public Stream<Read> drains() {
        return reads.stream().filter(Read::whole);
    }

    /// For each conversation the whole logs that were read at the end.
    public Map<Long, List<Read>> drainsByConversation() {
        Map<Long, List<Read>> drains = new TreeMap<>();
        drains().forEach(read -> drains.computeIfAbsent(read.conversation(), _ -> new ArrayList<>())
                .add(read));
        return drains;
    }

    private void addReads(Call call) {
        if (call.outcome() != Op.Type.OK) {
            return;
        }
        boolean whole = call.invoke().f().equals("drain");
        for (Datum part : call.value().asList()) {
            List<Datum> items = part.asList();
            boolean toEnd = whole || items.size() > 2;
            items.get(1).asTable().forEach((conversation, records) -> {
                List<Placed> placed = new ArrayList<>();
                for (Datum record : records.asList()) {
                    List<Datum> pair = record.asList();
                    Datum message = pair.get(1);
                    placed.add(new Placed(
                            pair.getFirst().asLong(),
                            message.isNil() ? OptionalLong.empty() : OptionalLong.of(message.asLong())));
                }
                reads.add(new Read(conversation.asLong(), List.copyOf(placed), toEnd, whole, call));
            });
        }
    }
}
