package dev.parley.node.push.https;

import dev.parley.node.push.PublicAddresses;
import io.helidon.webclient.api.DnsAddressLookup;
import io.helidon.webclient.spi.DnsResolver;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// Resolves a name once for each connection and gives the address that is then connected to, so that a name whose
/// address changes between the check and the connection gains nothing.
final class CheckedResolver implements DnsResolver {

    /// The name leads to no public address.
    @SuppressWarnings("serial") // never serialized
    static final class NotPublicException extends RuntimeException {}

    private final boolean allowPrivateAddresses;

    CheckedResolver(boolean allowPrivateAddresses) {
        this.allowPrivateAddresses = allowPrivateAddresses;
    }

    @Override
    public InetAddress resolveAddress(String host, DnsAddressLookup lookup) {
        try {
            for (InetAddress address : lookup.filter(InetAddress.getAllByName(host))) {
                if (allowPrivateAddresses || PublicAddresses.contain(address)) {
                    return InetAddress.getByAddress(host, address.getAddress()); // asked for its name, it asks nobody
                }
            }
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
        throw new NotPublicException();
    }
}
