package dev.parley.jepsen;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// A slow way to a node: what the node sends passes at so many bytes a second, with little buffered in between,
/// so that
/// the node itself feels how slow its client is.
final class SlowLink implements AutoCloseable {
    private static final int BUFFER_BYTES = 4_096;
    private static final int PIECE_BYTES = 256;

    private final ServerSocket listening;
    private final InetSocketAddress node;
    private final int bytesPerSecond;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private SlowLink(ServerSocket listening, InetSocketAddress node, int bytesPerSecond) {
        this.listening = listening;
        this.node = node;
        this.bytesPerSecond = bytesPerSecond;
    }

    static SlowLink to(URI node, int bytesPerSecond) throws IOException {
        ServerSocket listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        SlowLink link = new SlowLink(listening, new InetSocketAddress(node.getHost(), node.getPort()), bytesPerSecond);
        Thread.ofVirtual().name("slow-link").start(link::accept);
        return link;
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket();
                server.setReceiveBufferSize(BUFFER_BYTES);
                client.setSendBufferSize(BUFFER_BYTES);
                open.add(client);
                open.add(server);
                Thread.ofVirtual().name("slow-link-client").start(() -> join(client, server));
            }
        } catch (IOException e) {
            if (!listening.isClosed()) {
                throw new UncheckedIOException("the slow link takes no more connections", e);
            }
        }
    }

    private void join(Socket client, Socket server) {
        try {
            server.connect(node);
            Thread.ofVirtual().name("slow-link-up").start(() -> carry(client, server, Integer.MAX_VALUE));
            carry(server, client, bytesPerSecond);
        } catch (IOException _) {
            end(client, server); // the node does not listen now: the client sees the connection end
        }
    }

    private void carry(Socket from, Socket to, int rate) {
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            long due = System.nanoTime();
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                out.write(piece, 0, length);
                due = Math.max(due, System.nanoTime()) + length * 1_000_000_000L / rate;
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
            }
        } catch (IOException _) {
            end(from, to); // one side ended: so does the other
        }
        end(from, to);
    }

    private void end(Socket... sockets) {
        for (Socket socket : sockets) {
            open.remove(socket);
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException("a socket could not be closed", e);
            }
        }
    }
}
