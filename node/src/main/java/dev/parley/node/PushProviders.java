package dev.parley.node;

import dev.parley.node.config.ConfigException;
import dev.parley.node.config.NodeConfig;
import dev.parley.node.push.PushDesk;
import dev.parley.node.push.PushObserver;
import dev.parley.node.push.PushProvider;
import dev.parley.node.push.apns.ApnsProvider;
import dev.parley.node.push.fcm.FcmProvider;
import dev.parley.node.push.fcm.ServiceAccount;
import dev.parley.node.push.https.HttpsClient;
import dev.parley.node.push.webpush.VapidKey;
import dev.parley.node.push.webpush.WebPushProvider;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/// The configured push providers in the words of `node.push`.
final class PushProviders {
    private final NodeConfig.Push push;
    private final Clock clock;

    private PushProviders(NodeConfig.Push push, Clock clock) {
        this.push = push;
        this.clock = clock;
    }

    /// The desk of all that are configured. Connects to nobody.
    ///
    /// @throws ConfigException naming the provider whose files cannot be used
    static PushDesk desk(NodeConfig.Push push, PushObserver observer, Clock clock) {
        PushProviders providers = new PushProviders(push, clock);
        List<PushDesk.Bounded> bounded = new ArrayList<>();
        push.apns()
                .ifPresent(apns ->
                        bounded.add(new PushDesk.Bounded(made("apns", () -> providers.apns(apns)), apns.permits())));
        push.fcm()
                .ifPresent(fcm ->
                        bounded.add(new PushDesk.Bounded(made("fcm", () -> providers.fcm(fcm)), fcm.permits())));
        push.webpush()
                .ifPresent(webpush -> bounded.add(
                        new PushDesk.Bounded(made("webpush", () -> providers.webpush(webpush)), webpush.permits())));
        return new PushDesk(bounded, push.timeout(), push.preview(), observer);
    }

    private PushProvider apns(NodeConfig.Apns settings) throws IOException {
        return new ApnsProvider(settings, push.timeToLive(), push.timeout(), clock);
    }

    private PushProvider fcm(NodeConfig.Fcm settings) throws IOException {
        return new FcmProvider(
                ServiceAccount.read(settings.serviceAccountFile()),
                settings.endpoint(),
                new HttpsClient(settings.trustedCertificates(), true, push.timeout()),
                push.timeToLive(),
                push.timeout(),
                clock);
    }

    private PushProvider webpush(NodeConfig.WebPush settings) throws IOException {
        return new WebPushProvider(
                VapidKey.read(settings.keyFile()),
                settings.subject(),
                new HttpsClient(settings.trustedCertificates(), settings.allowPrivateAddresses(), push.timeout()),
                push.timeToLive(),
                push.timeout(),
                clock);
    }

    private static PushProvider made(String name, Making making) {
        try {
            return making.make();
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException("push.%s cannot be used: %s".formatted(name, e.getMessage()), e);
        }
    }

    private interface Making {
        PushProvider make() throws IOException;
    }
}
