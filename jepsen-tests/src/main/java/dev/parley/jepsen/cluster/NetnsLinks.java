package dev.parley.jepsen.cluster;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A network of namespaces around one bridge: `pj-n1`, `pj-n2`, … for the nodes, `pj-ctl` for the clients,
/// `pj-sw` for the
/// bridge. All that is cut is cut at one place, an nft set in `pj-sw`, so that it begins and ends at once.
final class NetnsLinks implements Links {

    static final String PREFIX = "pj-";
    private static final String SWITCH = PREFIX + "sw";
    static final String CONTROL = PREFIX + "ctl";
    private static final int CONTROL_HOST = 100;
    private static final Pattern COUNTER = Pattern.compile("counter packets (\\d+)");
    private static final String TABLE = """
            table bridge faults {
              set cut { type ipv4_addr . ipv4_addr; }
              chain cables {
                type filter hook forward priority 0; policy accept;
                ip saddr . ip daddr @cut counter drop
              }
            }
            """;

    static NetnsLinks up(int nodes) throws InterruptedException {
        Commands.run("ip", "netns", "add", SWITCH);
        Commands.run("ip", "-n", SWITCH, "link", "set", "lo", "up");
        Commands.run("ip", "-n", SWITCH, "link", "add", "br0", "type", "bridge");
        Commands.run("ip", "-n", SWITCH, "link", "set", "br0", "up");
        for (int node = 0; node < nodes; node++) {
            plug(namespace(node), "sw" + (node + 1), node + 1);
        }
        plug(CONTROL, "swctl", CONTROL_HOST);
        Commands.feed(TABLE, "ip", "netns", "exec", SWITCH, "nft", "-f", "-");
        return new NetnsLinks();
    }

    private static void plug(String namespace, String port, int host) throws InterruptedException {
        Commands.run("ip", "netns", "add", namespace);
        Commands.run("ip", "-n", namespace, "link", "set", "lo", "up");
        Commands.run(
                "ip", "-n", SWITCH, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace);
        Commands.run("ip", "-n", SWITCH, "link", "set", port, "master", "br0", "up");
        Commands.run("ip", "-n", namespace, "addr", "add", "10.77.0." + host + "/24", "dev", "eth0");
        Commands.run("ip", "-n", namespace, "link", "set", "eth0", "up");
    }

    static String namespace(int node) {
        return PREFIX + "n" + (node + 1);
    }

    static String address(int node) {
        return "10.77.0." + (node + 1);
    }

    /// Removes all namespaces of this prefix, with the processes in them.
    static void clean() throws InterruptedException {
        for (String line : Commands.attempt("ip", "netns", "list").output().split("\n", -1)) {
            String namespace = line.split(" ", -1)[0];
            if (namespace.startsWith(PREFIX)) {
                for (String pid : Commands.attempt("ip", "netns", "pids", namespace)
                        .output()
                        .split("\\s+", -1)) {
                    if (!pid.isEmpty()
                            && Long.parseLong(pid) != ProcessHandle.current().pid()) {
                        Commands.attempt("kill", "-9", pid);
                    }
                }
                Commands.attempt("ip", "netns", "del", namespace);
            }
        }
    }

    @Override
    public void cut(List<Way> ways) {
        String pairs = ways.stream()
                .map(way -> host(way.from()) + " . " + host(way.to()))
                .collect(Collectors.joining(", ", "{ ", " }"));
        nft("add", "element", "bridge", "faults", "cut", pairs);
    }

    @Override
    public void heal() {
        nft("flush", "set", "bridge", "faults", "cut");
    }

    @Override
    public long dropped() {
        Matcher counter = COUNTER.matcher(nft("list", "chain", "bridge", "faults", "cables"));
        return counter.find() ? Long.parseLong(counter.group(1)) : 0;
    }

    private static String host(String name) {
        return name.equals(CLIENTS) ? "10.77.0." + CONTROL_HOST : "10.77.0." + name.substring(1);
    }

    private static String nft(String... words) {
        List<String> command = new java.util.ArrayList<>(List.of("ip", "netns", "exec", SWITCH, "nft"));
        command.addAll(List.of(words));
        try {
            return Commands.run(command.toArray(String[]::new));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted at the switch", e);
        }
    }
}
