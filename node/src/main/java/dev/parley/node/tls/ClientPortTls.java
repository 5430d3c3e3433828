package dev.parley.node.tls;

import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;

/// TLS of a listener that asks for nobody's certificate.
public final class ClientPortTls {
    private ClientPortTls() {}

    /// A context that shows what the keys are at each handshake.
    public static SSLContext context(ReloadableKeys keys) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }
}
