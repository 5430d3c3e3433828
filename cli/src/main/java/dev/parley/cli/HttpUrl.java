package dev.parley.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads the base URL of a node from the command line: a mistake is told where it was made.
public final class HttpUrl implements ITypeConverter<URI> {
    private static final Set<String> SCHEMES = Set.of("http", "https");

    @Override
    public URI convert(String text) {
        try {
            URI url = new URI(text);
            String scheme = url.getScheme();
            if (scheme != null && SCHEMES.contains(scheme.toLowerCase(Locale.ROOT)) && url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException e) {
            throw wrong(text, " (" + e.getReason() + ")");
        }
        throw wrong(text, "");
    }

    private static TypeConversionException wrong(String text, String why) {
        return new TypeConversionException("\"" + text + "\" is no URL like http://127.0.0.1:8080" + why);
    }
}
