package dev.parley.node.config;

import java.util.Locale;
import java.util.regex.Pattern;

/// Which hosts are this machine and nothing else, judged by their spelling: a name server has no say in it.
public final class Loopback {
    private static final Pattern IPV4 = Pattern.compile("127(\\.[0-9]{1,3}){3}");

    private Loopback() {}

    /// Whether a host, with or without the brackets of IPv6, can be reached from this machine only.
    public static boolean is(String host) {
        String plain = host.toLowerCase(Locale.ROOT);
        return plain.equals("localhost")
                || plain.equals("::1")
                || plain.equals("[::1]")
                || IPV4.matcher(plain).matches();
    }
}
