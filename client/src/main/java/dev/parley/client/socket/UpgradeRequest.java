package dev.parley.client.socket;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The HTTP request that turns a connection into a WebSocket, and the check of its answer (RFC 6455, section 4).
final class UpgradeRequest {

    static final int BODY_BYTES_MAX = 64 * 1024;
    private static final int HEAD_BYTES_MAX = 16 * 1024;
    private static final String ACCEPT_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final URI url;
    private final String bearer;
    private final String subprotocol;
    private final String key;

    UpgradeRequest(URI url, String bearer, String subprotocol) {
        this.url = url;
        this.bearer = bearer;
        this.subprotocol = subprotocol;
        byte[] nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        this.key = Base64.getEncoder().encodeToString(nonce);
    }

    void write(OutputStream out) throws IOException {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String host = url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort();
        String head = "GET " + path + query + " HTTP/1.1\r\nHost: " + host
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                + key + "\r\nSec-WebSocket-Protocol: " + subprotocol + "\r\nAuthorization: Bearer " + bearer
                + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /// Reads the answer up to its empty line and not a byte further: frames may follow at once.
    ///
    /// @throws UpgradeRefusedException if the server answered with anything but 101
    void check(InputStream in) throws IOException {
        List<String> lines = readHead(in).lines().toList();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        int status = status(lines.getFirst());
        if (status != 101) {
            throw new UpgradeRefusedException(status, readBody(in, headers));
        }
        if (!expectedAccept().equals(headers.get("Sec-WebSocket-Accept"))) {
            throw new IOException("the answer to the upgrade has a wrong Sec-WebSocket-Accept: not a WebSocket server");
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder(512);
        while (head.length() < HEAD_BYTES_MAX) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the server closed the connection instead of answering the upgrade");
            }
            head.append((char) next);
            if (next == '\n'
                    && head.length() >= 4
                    && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                return head.toString();
            }
        }
        throw new IOException("the answer to the upgrade has more than " + HEAD_BYTES_MAX + " bytes of headers");
    }

    private static int status(String statusLine) throws IOException {
        String[] parts = statusLine.split(" ", 3);
        if (parts.length < 2 || !parts[0].startsWith("HTTP/1.") || !parts[1].matches("\\d{3}")) {
            throw new IOException("not an HTTP answer: \"" + statusLine + "\"");
        }
        return Integer.parseInt(parts[1]);
    }

    private static String readBody(InputStream in, Map<String, String> headers) throws IOException {
        String length = headers.getOrDefault("Content-Length", "");
        boolean chunked = headers.getOrDefault("Transfer-Encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked");
        if (chunked || !length.matches("\\d{1,9}")) {
            return "";
        }
        byte[] body = in.readNBytes(Math.min(Integer.parseInt(length), BODY_BYTES_MAX));
        return new String(body, StandardCharsets.UTF_8);
    }

    private String expectedAccept() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1").digest((key + ACCEPT_SALT).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
