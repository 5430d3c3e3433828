package dev.parley.node.tables;

import dev.parley.chat.PushTarget;
import dev.parley.chat.view.PushState;
import dev.parley.node.tables.proto.PushTargetRow;
import dev.parley.node.tables.proto.PushedRow;
import java.util.Optional;

/// Rows about pushes to bytes and back.
final class PushRows {

    static byte[] target(PushTarget target) {
        PushTargetRow.Builder row = PushTargetRow.newBuilder().setToken(target.token());
        target.keys().ifPresent(keys -> row.setP256Dh(keys.p256dh()).setAuth(keys.auth()));
        return row.build().toByteArray();
    }

    static PushTarget target(String provider, byte[] bytes) {
        PushTargetRow row = Rows.parse(PushTargetRow.parser(), bytes);
        Optional<PushTarget.Keys> keys = row.getP256Dh().isEmpty()
                ? Optional.empty()
                : Optional.of(new PushTarget.Keys(row.getP256Dh(), row.getAuth()));
        return new PushTarget(provider, row.getToken(), keys);
    }

    static byte[] pushed(PushState state) {
        return PushedRow.newBuilder()
                .setSeq(state.seq())
                .setAtMillis(state.atMillis())
                .setOutcome(state.outcome())
                .build()
                .toByteArray();
    }

    static PushState pushed(byte[] bytes) {
        PushedRow row = Rows.parse(PushedRow.parser(), bytes);
        return new PushState(row.getSeq(), row.getAtMillis(), row.getOutcome());
    }

    private PushRows() {}
}
