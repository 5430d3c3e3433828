package dev.parley.node.push;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/// Which addresses belong to the public internet (IANA's special-purpose registries). All others may lead to this
/// machine
/// or the operator's network, where a client must not make a node send requests.
public final class PublicAddresses {
    private static final int IPV4_BYTES = 4;
    private static final int NAT64_PREFIX_BYTES = 12;

    private static final List<Block> NOT_PUBLIC = List.of(
            Block.of("0.0.0.0", 8),
            Block.of("10.0.0.0", 8),
            Block.of("100.64.0.0", 10),
            Block.of("127.0.0.0", 8),
            Block.of("169.254.0.0", 16),
            Block.of("172.16.0.0", 12),
            Block.of("192.0.0.0", 24),
            Block.of("192.0.2.0", 24),
            Block.of("192.88.99.0", 24),
            Block.of("192.168.0.0", 16),
            Block.of("198.18.0.0", 15),
            Block.of("198.51.100.0", 24),
            Block.of("203.0.113.0", 24),
            Block.of("224.0.0.0", 3),
            Block.of("2001::", 23),
            Block.of("2001:db8::", 32),
            Block.of("2002::", 16),
            Block.of("3fff::", 20));

    /// All other IPv6 addresses are not public: loopback, v4-mapped, unique local, link-local, multicast…
    private static final Block GLOBAL_UNICAST = Block.of("2000::", 3);

    /// Stands for the IPv4 address in its last four bytes (RFC 6052).
    private static final Block NAT64 = Block.of("64:ff9b::", 96);

    private PublicAddresses() {}

    /// Whether a request may go there.
    public static boolean contain(InetAddress address) {
        return contain(address.getAddress());
    }

    private static boolean contain(byte[] address) {
        if (NAT64.contains(address)) {
            return contain(Arrays.copyOfRange(address, NAT64_PREFIX_BYTES, address.length));
        }
        boolean reachable = address.length == IPV4_BYTES || GLOBAL_UNICAST.contains(address);
        return reachable && NOT_PUBLIC.stream().noneMatch(block -> block.contains(address));
    }

    private static final class Block {
        private final byte[] prefix;
        private final int bits;

        private Block(byte[] prefix, int bits) {
            this.prefix = prefix;
            this.bits = bits;
        }

        static Block of(String literal, int bits) {
            return new Block(InetAddress.ofLiteral(literal).getAddress(), bits);
        }

        boolean contains(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            if (!Arrays.equals(address, 0, whole, prefix, 0, whole)) {
                return false;
            }
            int rest = bits % Byte.SIZE;
            int mask = (0xff << (Byte.SIZE - rest)) & 0xff;
            return rest == 0 || (address[whole] & mask) == (prefix[whole] & mask);
        }
    }
}
