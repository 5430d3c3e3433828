package dev.parley.cli.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The processes behind the URLs, where they run on this machine: what the operating system says that they use.
/// Found
/// by the ports on which they listen (Linux' /proc; proc(5)); a process of another user, or on another machine,
/// is not
/// found.
///
/// @param ids of the processes
record ServerProcesses(List<Long> ids) {

    private static final Logger log = LoggerFactory.getLogger(ServerProcesses.class);
    private static final Path PROC = Path.of("/proc");
    private static final String LISTENS = "0A";

    /// /proc/…/stat counts in USER_HZ, which is 100 on every Linux that Java runs on.
    private static final double TICKS_PER_SECOND = 100;

    /// What the processes used so far, together.
    ///
    /// @param cpuSeconds of user and system time
    /// @param residentBytes now
    record Usage(double cpuSeconds, long residentBytes) {}

    static ServerProcesses behind(List<URI> urls) {
        Set<Integer> ports = new HashSet<>();
        for (URI url : urls) {
            if (isLocal(url.getHost())) {
                ports.add(url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80);
            }
        }
        try {
            return new ServerProcesses(ports.isEmpty() ? List.of() : owners(listeners(ports)));
        } catch (IOException e) {
            log.debug("no process seen behind the URLs: reason={}", e.getMessage()); // the report then lacks their use
            return new ServerProcesses(List.of());
        }
    }

    boolean isEmpty() {
        return ids.isEmpty();
    }

    /// @throws IOException a process is gone
    Usage usage() throws IOException {
        double cpu = 0;
        long resident = 0;
        for (long id : ids) {
            Path process = PROC.resolve(Long.toString(id));
            // The name in parentheses may hold anything: the numbers begin behind its end, with field 3.
            String stat = Files.readString(process.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            cpu += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
            resident += Files.readAllLines(process.resolve("status")).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                            .sum()
                    * 1024;
        }
        return new Usage(cpu, resident);
    }

    /// Has the JVMs collect their garbage, with the `jcmd` of the JDK that runs this program.
    ///
    /// @throws IOException there is no such JDK, or a process would not
    void collectGarbage() throws IOException, InterruptedException {
        for (long id : ids) {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(id),
                            "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (jcmd.waitFor() != 0) {
                throw new IOException("jcmd " + id + " GC.run failed");
            }
        }
    }

    private static boolean isLocal(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }

    /// The inodes of the sockets that listen on the ports.
    private static Set<String> listeners(Set<Integer> ports) throws IOException {
        Set<String> inodes = new HashSet<>();
        for (String table : List.of("net/tcp", "net/tcp6")) {
            for (String line : Files.readAllLines(PROC.resolve(table))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields.length > 9 && fields[3].equals(LISTENS)) {
                    String address = fields[1];
                    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
                    if (ports.contains(port)) {
                        inodes.add("socket:[" + fields[9] + "]");
                    }
                }
            }
        }
        return inodes;
    }

    private static List<Long> owners(Set<String> sockets) throws IOException {
        List<Long> owners = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, sockets)) {
                    owners.add(Long.parseLong(process.getFileName().toString()));
                }
            }
        }
        return owners;
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)
                        && sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException _) {
            return false; // of another user, or gone meanwhile
        }
        return false;
    }
}
