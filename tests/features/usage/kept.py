"""Rows of calls as a test wants them."""

from typing import Any
from uuid import UUID, uuid4

from tests.fixtures.server_mode import ServerMode

INSERT = """
    INSERT INTO usage_calls (
        id, workspace_id, profile_id, provider, model, purpose, status, cost_usd, input_tokens, output_tokens,
        started_at
    ) VALUES (
        :id, :workspace_id, :profile_id, :provider, :model, :purpose, :status, :cost_usd, :input_tokens, :output_tokens,
        coalesce(CAST(:at AS text)::timestamptz, now())
    )
"""


async def keep_call(server: ServerMode, workspace_id: UUID, **fields: Any) -> UUID:
    """A priced, complete one of now, unless the fields say otherwise; `at` is ISO 8601."""
    usual = {
        "profile_id": None,
        "provider": "openai",
        "model": "gpt-4o",
        "purpose": "chat",
        "status": "complete",
        "cost_usd": 0.5,
        "input_tokens": 100,
        "output_tokens": 10,
        "at": None,
    }
    call_id = uuid4()
    await server.rows(INSERT, id=call_id, workspace_id=workspace_id, **(usual | fields))
    return call_id


async def keep_profile(server: ServerMode, workspace_id: UUID, name: str = "Profile") -> UUID:
    profile_id = uuid4()
    await server.rows(
        "INSERT INTO profiles (id, workspace_id, name, type, provider) VALUES (:id, :w, :name, 'text', 'openai')",
        id=profile_id,
        w=workspace_id,
        name=name,
    )
    return profile_id
