package dev.parley.node.push.https;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// An HTTPS server on this machine which does to each request what the test says.
public final class LocalHttps implements AutoCloseable {

    /// A request as it came in.
    public static final class Request {
        private final String method;
        private final String path;
        private final Headers headers;
        private final byte[] body;

        private Request(String method, String path, Headers headers, byte[] body) {
            this.method = method;
            this.path = path;
            this.headers = headers;
            this.body = body;
        }

        public String method() {
            return method;
        }

        public String path() {
            return path;
        }

        public byte[] body() {
            return body;
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public String header(String name) {
            return String.valueOf(headers.getFirst(name));
        }
    }

    /// What is done with a request.
    public sealed interface Deed {
        record Answer(int status, Map<String, String> headers, String body) implements Deed {}

        /// Says nothing until the server is closed.
        record Hang() implements Deed {}

        /// Closes the connection.
        record Cut() implements Deed {}
    }

    /// Decides what is done with a request.
    @FunctionalInterface
    public interface Behaviour {
        Deed on(Request request);
    }

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Behaviour behaviour = request -> answer(500);

    private LocalHttps(HttpsServer server) {
        this.server = server;
    }

    public static LocalHttps start(TestCertificate certificate) {
        try {
            HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(certificate.serverContext()));
            LocalHttps local = new LocalHttps(server);
            server.setExecutor(local.threads);
            server.createContext("/", local::handle);
            server.start();
            return local;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Deed answer(int status) {
        return new Deed.Answer(status, Map.of(), "");
    }

    public static Deed answer(int status, String body) {
        return new Deed.Answer(status, Map.of(), body);
    }

    public void behave(Behaviour how) {
        behaviour = how;
    }

    public List<Request> requests() {
        return new ArrayList<>(requests);
    }

    public URI url(String path) {
        return URI.create("https://localhost:" + server.getAddress().getPort() + path);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders(),
                    exchange.getRequestBody().readAllBytes());
            requests.add(request);
            switch (behaviour.on(request)) {
                case Deed.Answer answer -> {
                    answer.headers().forEach(exchange.getResponseHeaders()::set);
                    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
                    exchange.getResponseBody().write(body);
                }
                case Deed.Hang _ -> closing.await();
                case Deed.Cut _ -> {
                    // closed without an answer
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
