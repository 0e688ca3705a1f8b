"""Names of the rooms; only the server makes them, from UUIDs it has parsed (R44)."""

from uuid import UUID

KINDS = ("task", "session", "generation")
"""What can be subscribed to."""


def of(kind: str, subject_id: UUID) -> str:
    return f"{kind}:{subject_id}"


def workspace(subject_id: UUID) -> str:
    return of("workspace", subject_id)


def member(workspace_id: UUID, user_id: UUID) -> str:
    """The sockets of one user in one workspace."""
    return f"{of('workspace', workspace_id)}:user:{user_id}"


def session(subject_id: UUID) -> str:
    return of("session", subject_id)


def generation(subject_id: UUID) -> str:
    return of("generation", subject_id)


def task(subject_id: UUID) -> str:
    return of("task", subject_id)
