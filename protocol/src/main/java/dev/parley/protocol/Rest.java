package dev.parley.protocol;

import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;

/// The bodies of the REST calls, named after what they carry.
public final class Rest {
    /// What `platform` may be.
    public static final List<String> PLATFORMS = List.of("ios", "android", "web", "desktop", "cli");

    /// What `role` may be.
    public static final List<String> ROLES = List.of("owner", "admin", "member");

    /// What `presenceVisibility` may be.
    public static final List<String> VISIBILITIES = List.of("everyone", "contacts", "nobody");
    /// What `provider` of a push endpoint may be.
    public static final List<String> PUSH_PROVIDERS = List.of("apns", "fcm", "webpush");

    /// What `status` of a user may be.
    public static final List<String> STATUSES = List.of("online", "offline");

    /// Any body of a call, question or answer; [Problem] is the body of every call that failed.
    public sealed interface Body {}

    public record BootstrapRequest(String deviceId, String platform) implements Body {}

    public record BootstrapResponse(String userId, String websocketUrl, String sessionToken, Instant expiresAt)
            implements Body {}

    public record CreateDirectRequest(List<String> participantIds) implements Body {
        public CreateDirectRequest {
            participantIds = List.copyOf(participantIds);
        }
    }

    public record CreateGroupRequest(String title, List<String> participantIds, String clientConversationId)
            implements Body {
        public CreateGroupRequest {
            participantIds = List.copyOf(participantIds);
        }
    }

    public record ConversationCreated(String conversationId) implements Body {}

    public record PostMessageRequest(String clientMessageId, String senderId, MessageBody body) implements Body {}

    public record PostMessageResponse(
            String messageId, long conversationSeq, String status, Instant createdAt, boolean duplicate)
            implements Body {}

    public record MessagePage(List<Message> messages, long nextAfterSeq, boolean hasMore) implements Body {
        public MessagePage {
            messages = List.copyOf(messages);
        }
    }

    public record ReadCursorRequest(String deviceId, long readThroughSeq) implements Body {}

    public record ReadCursorResponse(long readThroughSeq) implements Body {}

    public record AddMemberRequest(String userId, Optional<String> role) implements Body {}

    public record Member(String userId, String role, long joinedSeq, long readThroughSeq, long deliveredThroughSeq) {}

    public record MemberList(List<Member> members) implements Body {
        public MemberList {
            members = List.copyOf(members);
        }
    }

    /// One conversation of the caller's list. `title` is empty for a direct conversation, whose other side is
    /// `peerId`.
    ///
    /// @param mentioned whether a message that is not read mentions the caller
    public record ConversationSummary(
            String conversationId,
            String kind,
            Optional<String> title,
            Optional<String> peerId,
            long headSeq,
            long unread,
            Optional<Message> lastMessage,
            long readThroughSeq,
            boolean muted,
            boolean mentioned) {}

    /// A page of the caller's list, the conversations with the newest activity first.
    ///
    /// @param unread messages not read, in all conversations together: what an app shows on its icon
    public record ConversationList(
            List<ConversationSummary> conversations, Optional<String> nextCursor, long unread, long inboxVersion)
            implements Body {
        public ConversationList {
            conversations = List.copyOf(conversations);
        }
    }

    /// What changed in the caller's list after a version of it.
    ///
    /// @param left conversations that changed and that the caller is no longer in
    /// @param inboxVersion what is told reaches up to here: the next `since`
    /// @param hasMore whether there is more after it
    /// @param resumed false when the server does not know what changed: read the whole list, then go on
    ///     from here
    public record SyncNews(
            List<ConversationSummary> conversations,
            List<String> left,
            long inboxVersion,
            boolean hasMore,
            boolean resumed)
            implements Body {
        public SyncNews {
            conversations = List.copyOf(conversations);
            left = List.copyOf(left);
        }
    }

    public record MutedRequest(boolean muted) implements Body {}

    /// Where pushes for a device go.
    ///
    /// @param token APNs device token, FCM registration token, or the endpoint URL of a Web Push subscription
    /// @param keys of a Web Push subscription
    public record PushEndpointRequest(String provider, String token, Optional<PushKeys> keys) implements Body {

        /// Shows neither token nor keys.
        @Override
        public String toString() {
            return "PushEndpointRequest[" + provider + "]";
        }
    }

    /// The keys of a Web Push subscription, as the browser gives them, in base64url.
    public record PushKeys(String p256dh, String auth) {
        @Override
        public String toString() {
            return "PushKeys[]";
        }
    }

    public record Me(String userId, String deviceId, Instant createdAt, List<String> blockedUserIds) implements Body {
        public Me {
            blockedUserIds = List.copyOf(blockedUserIds);
        }
    }

    /// The caller's settings, whole.
    ///
    /// @param presenceVisibility one of [#VISIBILITIES]
    public record Settings(
            String presenceVisibility, boolean readReceipts, boolean pushPreview, Optional<QuietHours> quietHours)
            implements Body {}

    /// Settings to change; what is empty stays as it is.
    ///
    public record SettingsPatch(
            Optional<String> presenceVisibility,
            Optional<Boolean> readReceipts,
            Optional<Boolean> pushPreview,
            Optional<QuietHoursChange> quietHours)
            implements Body {}

    /// What becomes of the quiet hours.
    ///
    /// @param hours the new ones; if empty there shall be none, which is `null` in JSON
    public record QuietHoursChange(Optional<QuietHours> hours) {}

    /// A span of every day, to the minute; over midnight if it ends before it starts.
    ///
    /// @param zone a time zone of the IANA
    public record QuietHours(LocalTime start, LocalTime end, String zone) {}

    /// Whether a user is here.
    ///
    /// @param lastActiveAt of who is offline, if that is remembered and the caller may know
    public record UserPresence(String userId, String status, Optional<Instant> lastActiveAt) implements Body {
        public static UserPresence online(String userId) {
            return new UserPresence(userId, "online", Optional.empty());
        }

        public static UserPresence offline(String userId, Optional<Instant> lastActiveAt) {
            return new UserPresence(userId, "offline", lastActiveAt);
        }
    }

    public record Device(String deviceId, String platform, Instant createdAt, boolean revoked) {}

    public record DeviceList(List<Device> devices) implements Body {
        public DeviceList {
            devices = List.copyOf(devices);
        }
    }

    private Rest() {}
}
