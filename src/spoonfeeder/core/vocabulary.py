"""The closed sets of words in the contract (docs/api.md, "Words")."""

from enum import StrEnum


class Provider(StrEnum):
    OLLAMA = "ollama"
    OPENAI = "openai"
    GEMINI = "gemini"
    CLAUDE = "claude"
    COMFYUI = "comfyui"


class Modality(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class TaskStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


class GenerationStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ConnectionStatus(StrEnum):
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    ERROR = "error"
    UNKNOWN = "unknown"


class BackendStatus(StrEnum):
    """How a ComfyUI machine answered when it was last asked."""

    UNKNOWN = "unknown"
    UP = "up"
    DOWN = "down"


class BatchKind(StrEnum):
    VARIATIONS = "variations"
    SWEEP = "sweep"


class MessageRole(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"


class MessageStatus(StrEnum):
    """`partial`: the answer broke off, its text is kept (R23)."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


class FinishReason(StrEnum):
    STOP = "stop"
    LENGTH = "length"
    CONTENT_FILTER = "content_filter"
    REFUSAL = "refusal"
    OTHER = "other"


class CallStatus(StrEnum):
    """`unknown`: the process died before the call's end."""

    OPEN = "open"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Purpose(StrEnum):
    """What a call to a provider was for."""

    CHAT = "chat"
    TITLE = "title"
    COMPARE = "compare"
    API = "api"
    EMBEDDINGS = "embeddings"
    TASK = "task"


class ScheduleKind(StrEnum):
    """What a schedule starts."""

    TASK = "task"
    GENERATION = "generation"


class MissedRuns(StrEnum):
    """What a schedule does about the runs whose time passed while the server was away."""

    SKIP = "skip"
    CATCH_UP = "catch_up"


class NotificationType(StrEnum):
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


class WorkspaceRole(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class UserRole(StrEnum):
    ADMIN = "admin"
    MEMBER = "member"


class Scope(StrEnum):
    """What an API key may be used for; a higher one includes the lower."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class MediaKind(StrEnum):
    OUTPUT = "output"
    UPLOAD = "upload"
    THUMBNAIL = "thumbnail"


SHOWN_TYPES = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/webp",
        "image/gif",
        "image/avif",
        "video/mp4",
        "video/webm",
        "audio/wav",
        "audio/mpeg",
        "audio/flac",
        "audio/ogg",
    }
)
"""Of files that we keep and show; what our own sniff takes for something else is only handed out."""
