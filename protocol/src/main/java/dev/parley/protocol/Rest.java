package dev.parley.protocol;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The bodies of the REST calls, named after what they carry.
public final class Rest {

    public record BootstrapRequest(String deviceId, String platform) {}

    public record BootstrapResponse(String userId, String websocketUrl, String sessionToken, Instant expiresAt) {}

    public record CreateDirectRequest(List<String> participantIds) {}

    public record CreateGroupRequest(String title, List<String> participantIds, String clientConversationId) {}

    public record ConversationCreated(String conversationId) {}

    public record PostMessageRequest(String clientMessageId, String senderId, MessageBody body) {}

    public record PostMessageResponse(
            String messageId, long conversationSeq, String status, Instant createdAt, boolean duplicate) {}

    public record MessagePage(List<Message> messages, long nextAfterSeq, boolean hasMore) {}

    public record ReadCursorRequest(String deviceId, long readThroughSeq) {}

    public record ReadCursorResponse(long readThroughSeq) {}

    public record AddMemberRequest(String userId, Optional<String> role) {}

    public record Member(String userId, String role, long joinedSeq, long readThroughSeq, long deliveredThroughSeq) {}

    public record MemberList(List<Member> members) {}

    /// One conversation of the caller's list. `title` is empty for a direct conversation, whose other side is `peerId`.
    public record ConversationSummary(
            String conversationId,
            String kind,
            Optional<String> title,
            Optional<String> peerId,
            long headSeq,
            long unread,
            Optional<Message> lastMessage,
            long readThroughSeq,
            boolean muted) {}

    public record ConversationList(
            List<ConversationSummary> conversations, Optional<String> nextCursor, long inboxVersion) {}

    public record MutedRequest(boolean muted) {}

    public record Me(String userId, String deviceId, Instant createdAt, List<String> blockedUserIds) {}

    public record Device(String deviceId, String platform, Instant createdAt, boolean revoked) {}

    public record DeviceList(List<Device> devices) {}

    private Rest() {}
}
