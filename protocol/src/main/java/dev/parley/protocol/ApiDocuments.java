package dev.parley.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// The documents of this protocol, as a node serves them: OpenAPI for the calls, AsyncAPI for the WebSocket.
public final class ApiDocuments {
    /// The media type of both (RFC 9512).
    public static final String MEDIA_TYPE = "application/yaml";

    /// The bytes of `/openapi.yaml`.
    public static byte[] openApi() {
        return read("openapi.yaml");
    }

    /// The bytes of `/asyncapi.yaml`; it refers to `./openapi.yaml` for what both share.
    public static byte[] asyncApi() {
        return read("asyncapi.yaml");
    }

    private static byte[] read(String name) {
        try (InputStream in = ApiDocuments.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("not in the jar: " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot be read from the jar: " + name, e);
        }
    }

    private ApiDocuments() {}
}
