"""The closed set of what the audit log tells."""

from enum import StrEnum


class Action(StrEnum):
    """Those of a workspace are shown to its admins, all of them to the server's admins."""

    SETUP = "setup"
    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGOUT = "logout"
    LOGOUT_EVERYWHERE = "logout_everywhere"
    REFRESH_REUSED = "refresh_reused"
    LOGIN_REVOKED = "login_revoked"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a word for it
    PASSWORD_SET = "password_set"  # noqa: S105 - the same
    API_KEY_CREATED = "api_key_created"
    API_KEY_CHANGED = "api_key_changed"
    API_KEY_REVOKED = "api_key_revoked"
    USER_CREATED = "user_created"
    USER_CHANGED = "user_changed"
    USER_ROLE_CHANGED = "user_role_changed"
    USER_DEACTIVATED = "user_deactivated"
    USER_ACTIVATED = "user_activated"
    KEY_ROTATED = "key_rotated"

    WORKSPACE_CREATED = "workspace_created"
    WORKSPACE_CHANGED = "workspace_changed"
    WORKSPACE_DELETED = "workspace_deleted"
    MEMBER_ADDED = "member_added"
    MEMBER_ROLE_CHANGED = "member_role_changed"
    MEMBER_REMOVED = "member_removed"
    INVITATION_CREATED = "invitation_created"
    INVITATION_REVOKED = "invitation_revoked"
    INVITATION_ACCEPTED = "invitation_accepted"
    PROFILE_CREATED = "profile_created"
    PROFILE_KEY_ADDED = "profile_key_added"
    PROFILE_KEY_CHANGED = "profile_key_changed"
    PROFILE_KEY_REMOVED = "profile_key_removed"
    PROFILE_URL_CHANGED = "profile_url_changed"
    PROFILE_DELETED = "profile_deleted"
    PROFILE_RESTORED = "profile_restored"
    MODEL_PULLED = "model_pulled"
    MODEL_DELETED = "model_deleted"
    SETTING_CHANGED = "setting_changed"
    SETTING_DELETED = "setting_deleted"
    BUDGET_CHANGED = "budget_changed"
    BUDGET_DELETED = "budget_deleted"
    SESSION_DELETED = "session_deleted"
    SESSION_RESTORED = "session_restored"
    WORKFLOW_DELETED = "workflow_deleted"
    WORKFLOW_RESTORED = "workflow_restored"
    GENERATION_DELETED = "generation_deleted"
    GENERATION_RESTORED = "generation_restored"
    CONVERSATION_DELETED = "conversation_deleted"
    CONVERSATION_RESTORED = "conversation_restored"
    EXPORTED = "exported"


OF_ACCOUNTS = frozenset(list(Action)[: list(Action).index(Action.WORKSPACE_CREATED)])
"""They belong to no workspace, whichever one the person had open."""
