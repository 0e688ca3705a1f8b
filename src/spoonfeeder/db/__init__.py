"""The tables, one module per area, and the way to reach and to migrate them."""

from spoonfeeder.core.actor import DEFAULT_WORKSPACE_ID, LOCAL_OWNER_ID
from spoonfeeder.db.access import ApiKey, Invitation, LoginSession, RefreshToken
from spoonfeeder.db.account import User, Workspace, WorkspaceMember
from spoonfeeder.db.backend import ComfyBackend, LineTurn, Misfit
from spoonfeeder.db.base import Base
from spoonfeeder.db.chat import Conversation, Message
from spoonfeeder.db.comfyui import Generation, Session, Workflow, WorkflowVersion
from spoonfeeder.db.idempotency import IdempotencyKey
from spoonfeeder.db.library import Batch, Preset, Project, Prompt
from spoonfeeder.db.logs import ApiCall, AuditEntry
from spoonfeeder.db.media import FileRemoval, Media
from spoonfeeder.db.notification import Notification
from spoonfeeder.db.profile import Profile, ProfileKey, ProfileModel, ProviderSetting
from spoonfeeder.db.system import SystemValue
from spoonfeeder.db.task import Result, Schedule, Task
from spoonfeeder.db.usage import Budget, UsageCall

__all__ = [
    "DEFAULT_WORKSPACE_ID",
    "LOCAL_OWNER_ID",
    "ApiCall",
    "ApiKey",
    "AuditEntry",
    "Base",
    "Batch",
    "Budget",
    "ComfyBackend",
    "Conversation",
    "FileRemoval",
    "Generation",
    "IdempotencyKey",
    "Invitation",
    "LineTurn",
    "LoginSession",
    "Media",
    "Message",
    "Misfit",
    "Notification",
    "Preset",
    "Profile",
    "ProfileKey",
    "ProfileModel",
    "Project",
    "Prompt",
    "ProviderSetting",
    "RefreshToken",
    "Result",
    "Schedule",
    "Session",
    "SystemValue",
    "Task",
    "UsageCall",
    "User",
    "Workflow",
    "WorkflowVersion",
    "Workspace",
    "WorkspaceMember",
]
