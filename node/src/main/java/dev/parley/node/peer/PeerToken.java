package dev.parley.node.peer;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/// Derives the credentials of the peer ports from the cluster's secret (HKDF, RFC 5869): who has seen one in traffic
/// cannot sign tokens of users with it.
public final class PeerToken {
    private static final int BYTES = 32;

    private PeerToken() {}

    /// The same on all nodes of the cluster.
    public static PeerCredentials derive(byte[] clusterSecret) {
        try {
            byte[] token = KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(clusterSecret)
                            .thenExpand("parley peer port 1".getBytes(StandardCharsets.UTF_8), BYTES));
            return new PeerCredentials(HexFormat.of().formatHex(token));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("JDK 25 has HKDF-SHA256", e);
        }
    }
}
