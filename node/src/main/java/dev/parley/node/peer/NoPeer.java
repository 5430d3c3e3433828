package dev.parley.node.peer;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/// The way to a node that left the cluster, or that this one has not heard of yet: every call ends at once as
/// one to a
/// node that does not listen.
final class NoPeer extends Channel {
    private final String what;

    NoPeer(String what) {
        this.what = what;
    }

    @Override
    public String authority() {
        return "nowhere";
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        return new ClientCall<>() {
            @Override
            public void start(Listener<R> listener, Metadata headers) {
                listener.onClose(
                        Status.UNAVAILABLE.withDescription(what).withCause(new ConnectException(what)), new Metadata());
            }

            @Override
            public void request(int messages) {}

            @Override
            public void cancel(@Nullable String message, @Nullable Throwable cause) {}

            @Override
            public void halfClose() {}

            @Override
            public void sendMessage(Q message) {}
        };
    }
}
